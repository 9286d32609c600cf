"""The demonstration ERP: two years of a made-up company's receivables in the drop format.

Three legal entities (BR, DE, FR) invoice customers in five languages and four currencies. Customers
pay on time, late, in parts, in the wrong amount or never; some dispute, promise, or settle by
agreement. Whatever the ERP says of itself ties: instalments sum to their invoice, amounts less
allocations are the open amounts, and the ledger's control account equals the sub-ledger.

A few bad rows are planted at the end of the files, each with another defect that the border must
catch; none of them is in any sum that has to tie:

    table       key                      defect                                       file format
    customer    BAD-CUS-1                country `Germany` instead of DE              both
    contact     BAD-CON-1                role `boss`                                  both
    contact     BAD-CON-2                two addresses in one e-mail field            both
    invoice     BAD-INV-1                amount `1_000.00`                            csv
    invoice     BAD-INV-2                currency `EURO`                              both
    invoice     BAD-INV-3                due ten years before issue                   both
    invoice     BAD-INV-4                issued on 30 February                        csv
    invoice     BAD-INV-5                customer who does not exist                  both
    invoice     BAD-INV-6 (two rows)     one key, two different amounts               both
    instalment  INV00000000, 1           negative amount (its invoice is cancelled)   both
    receipt     BAD-RCP-1                amount in full-width digits                  csv
    allocation  BAD-ALC-1                invoice that does not exist                  both

Parquet columns are typed, so the defects that only text can carry are left out of them.
"""

from receivables.demo_erp.command import add_arguments, run
from receivables.demo_erp.drop import write

__all__ = ["add_arguments", "run", "write"]

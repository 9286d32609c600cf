-- Customers: the export has their number and no name, so the number is the name.
-- The codes of the export are no ISO 3166 countries: ZZ means unknown, country_code keeps them.
-- Grain: customer_id
-- Reads: ibm_late_payments
-- Writes: landing customer
select
    customerID as customer_id,
    'IBM' as legal_entity_id,
    customerID as name,
    'ZZ' as country,
    'USD' as currency,
    min(countryCode) as country_code,
from ibm_late_payments
group by customerID

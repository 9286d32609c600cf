-- What Tryton 7 keeps otherwise than 8, as changes to the database of 8: an address has one street.
alter table party_address
    drop column street_name, drop column building_number, drop column street_unstructured,
    add column street text;
update party_address set street = 'Ring 1' where party = 2;

-- What was true of a person or a team is read with what is: for the History on their pages.
create index team_members_of_person on team_members (person_id);
create index team_members_of_team on team_members (team_id);
create index team_facts_of_team on team_facts (team_id);
create index grants_of_person on grants (person_id) where person_id is not null;
create index grants_of_team on grants (team_id) where team_id is not null;
create index owners_of_person on owners (person_id) where person_id is not null;
create index owners_of_team on owners (team_id) where team_id is not null;

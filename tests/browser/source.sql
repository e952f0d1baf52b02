-- The source of the journeys: a city library. `lending` is what a colleague will see, `payroll` what they will not.
-- Comments stand in English, in Chinese, or in both, as they do in the wild.
create schema lending;
comment on schema lending is 'Books, members and loans of the city library';
create schema payroll;
comment on schema payroll is 'Who works here, and for how much';

create table lending.branches (branch_id int primary key, name text not null, city text, opened date);
comment on table lending.branches is '分馆：图书馆的各个分馆';
create table lending.members (member_id bigint primary key, full_name text not null, email text unique, joined_at timestamptz not null);
comment on table lending.members is '读者主数据：每位读者一行';
comment on column lending.members.full_name is '读者姓名';
comment on column lending.members.email is 'Where reminders go';
create table lending.authors (author_id int primary key, full_name text not null, born int);
comment on table lending.authors is 'People who wrote the books';
create table lending.books (book_id bigint primary key, title text not null, isbn char(13) unique, published int);
comment on table lending.books is 'Titles, whether or not a copy is on the shelf';
comment on column lending.books.title is '书名';
create table lending.book_authors (book_id bigint references lending.books, author_id int references lending.authors, primary key (book_id, author_id));
create table lending.copies (copy_id bigint primary key, book_id bigint not null references lending.books, branch_id int not null references lending.branches, shelf_mark text);
comment on table lending.copies is '馆藏：每一本实体书一行';
create table lending.loans (loan_id bigint primary key, copy_id bigint not null references lending.copies, member_id bigint not null references lending.members,
    lent_at timestamptz not null, due_on date not null, returned_at timestamptz);
comment on table lending.loans is 'A copy in the hands of a member. 借阅：每次借出一行';
comment on column lending.loans.due_on is 'The last day without a fine';
create index loans_of_member on lending.loans (member_id);
create table lending.reservations (reservation_id bigint primary key, book_id bigint not null references lending.books, member_id bigint not null references lending.members, placed_at timestamptz);
create table lending.fines (fine_id bigint primary key, loan_id bigint not null references lending.loans, amount numeric(8,2) not null check (amount > 0), paid_at timestamptz);
comment on table lending.fines is '逾期罚款';
create view lending.overdue as
    select l.loan_id, m.full_name, b.title, current_date - l.due_on as days_late
    from lending.loans l join lending.members m using (member_id) join lending.copies c using (copy_id) join lending.books b using (book_id)
    where l.returned_at is null and l.due_on < current_date;
comment on view lending.overdue is 'Loans past their last day, with the days';

create table payroll.employees (employee_id int primary key, branch_id int not null references lending.branches, full_name text not null);
comment on table payroll.employees is '员工档案';
create table payroll.contracts (contract_id int primary key, employee_id int not null references payroll.employees, hours numeric(4,1), signed_on date);
create table payroll.salaries (employee_id int references payroll.employees, valid_from date, monthly numeric(10,2) not null, primary key (employee_id, valid_from));
comment on table payroll.salaries is 'What people earn. 工资';

insert into lending.branches select n, 'Branch ' || n, 'City', date '1990-01-01' + n from generate_series(1, 5) n;
insert into lending.members select n, 'Member ' || n, 'm' || n || '@library.example', now() from generate_series(1, 400) n;
insert into lending.books select n, 'Title ' || n, '978' || lpad(n::text, 10, '0'), 1900 + n % 120 from generate_series(1, 300) n;
insert into lending.copies select n, 1 + n % 300, 1 + n % 5, 'A' || n from generate_series(1, 900) n;
insert into lending.loans select n, 1 + n % 900, 1 + n % 400, now() - n * interval '1 hour', current_date - n % 60, case when n % 3 = 0 then now() end from generate_series(1, 2000) n;
analyze;

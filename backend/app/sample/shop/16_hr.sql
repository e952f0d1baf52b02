-- Staff. Another application, another owner.

SET LOCAL ROLE hr_app;

CREATE TABLE hr.departments (
  department_id  smallint PRIMARY KEY,
  name           text NOT NULL UNIQUE,
  name_zh        text NOT NULL
);
COMMENT ON TABLE hr.departments IS '部门';

CREATE TABLE hr.employees (
  employee_id    integer PRIMARY KEY,
  department_id  smallint NOT NULL REFERENCES hr.departments,
  manager_id     integer REFERENCES hr.employees,
  store_id       smallint,
  full_name      text NOT NULL,
  email          text NOT NULL UNIQUE,
  job_title      text NOT NULL,
  salary         numeric(10, 2) CHECK (salary > 0),
  bank_account   text,
  hired_on       date NOT NULL,
  left_on        date
);
CREATE INDEX employees_manager_idx ON hr.employees (manager_id);
COMMENT ON TABLE  hr.employees IS '员工花名册（敏感）';
COMMENT ON COLUMN hr.employees.salary IS '月薪，人民币，税前';
COMMENT ON COLUMN hr.employees.bank_account IS '工资卡号';
COMMENT ON COLUMN hr.employees.left_on IS '离职日期';

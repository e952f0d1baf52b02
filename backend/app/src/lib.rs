//! Cadastre: a register of data assets. This list is the table of contents of the product.

pub mod access;
pub mod admin;
pub mod app;
pub mod audit;
pub mod backup;
pub mod catalog;
pub mod change;
pub mod cli;
pub mod config;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod domains;
pub mod error;
pub mod follower;
pub mod http;
pub mod keys;
pub mod lineage;
pub mod people;
pub mod postgres;
pub mod profile;
pub mod quality;
pub mod shutdown;
pub mod sources;
pub mod start;
pub mod tasks;

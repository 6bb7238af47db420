//! End-to-end tests of the program on the command line and as a service.

mod accounts;
mod backup;
mod faults;
mod http;
mod installation;
mod logs;
mod ppas;
mod program;
mod race;
mod serving;

//! The program from the outside, as a person at a terminal or a service manager meets it.

mod accounts;
mod backup;
mod faults;
mod http;
mod installation;
mod logs;
mod program;
mod race;
mod serving;

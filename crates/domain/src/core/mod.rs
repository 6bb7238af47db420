//! Values that every subject uses: ids, hexadecimal text, addresses and networks.

pub mod addresses;
pub mod hex;
pub mod id;
pub mod networks;

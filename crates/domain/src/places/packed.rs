//! Reader of the packed places. `scripts/pack-places` writes them and documents the format.

use std::{io::Read, str::Split};

use super::{Barangay, Gazetteer, Municipality, MunicipalityKind, PlacesError, Province, Region};

/// The places as packed by `scripts/pack-places`.
static PACKED: &[u8] = include_bytes!("../../data/psgc.tsv.br");

/// Unpacks all places. It takes a moment and some megabytes, so callers cache or store the result.
///
/// # Errors
///
/// When the file that came with the program is damaged.
pub fn gazetteer() -> Result<Gazetteer, PlacesError> {
    let mut text = String::with_capacity(PACKED.len() * 4);
    brotli_decompressor::Decompressor::new(PACKED, 65_536).read_to_string(&mut text)?;
    read(&text)
}

/// Reads the unpacked lines.
pub(super) fn read(text: &str) -> Result<Gazetteer, PlacesError> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        reader.line(line).map_err(|reason| PlacesError::Line { line: index + 1, reason })?;
    }
    Ok(reader.places)
}

/// Builder of the places; parents precede their children.
#[derive(Default)]
struct Reader {
    places: Gazetteer,
    /// First seven digits of the barangay codes that follow.
    prefix: String,
    /// Centre that the centres of the following barangays are relative to.
    origin: (i64, i64),
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        let mut fields = Fields(line.split('\t'));
        match fields.text()? {
            "R" => self.region(&mut fields)?,
            "P" => self.province(&mut fields)?,
            "M" => self.municipality(&mut fields)?,
            "m" => self.prefix = prefix_of(&fields.code()?),
            "b" => self.barangay(&mut fields)?,
            _ => return Err("unknown kind of place"),
        }
        match fields.0.next() {
            None => Ok(()),
            Some(_) => Err("too many fields"),
        }
    }

    fn region(&mut self, fields: &mut Fields<'_>) -> Result<(), &'static str> {
        self.places.regions.push(Region {
            code: fields.code()?,
            name: fields.name()?,
            short_name: fields.name()?,
            population: fields.number()?,
            latitude: fields.number()?.map(degrees),
            longitude: fields.number()?.map(degrees),
        });
        Ok(())
    }

    fn province(&mut self, fields: &mut Fields<'_>) -> Result<(), &'static str> {
        let region = self.places.regions.last().ok_or("a province before any region")?;
        self.places.provinces.push(Province {
            code: fields.code()?,
            name: fields.name()?,
            region: region.code.clone(),
            population: fields.number()?,
            latitude: fields.number()?.map(degrees),
            longitude: fields.number()?.map(degrees),
        });
        Ok(())
    }

    fn municipality(&mut self, fields: &mut Fields<'_>) -> Result<(), &'static str> {
        let region = self.places.regions.last().ok_or("a municipality before any region")?;
        let code = fields.code()?;
        let name = fields.name()?;
        let kind = MunicipalityKind::from_word(fields.text()?).ok_or("unknown kind of municipality")?;
        let province = Some(fields.text()?.to_owned()).filter(|province| !province.is_empty());
        let population = fields.number()?;
        let (latitude, longitude) = (fields.number()?, fields.number()?);
        self.prefix = prefix_of(&code);
        self.origin = (latitude.unwrap_or(0), longitude.unwrap_or(0));
        self.places.municipalities.push(Municipality {
            code,
            name,
            kind,
            region: region.code.clone(),
            province,
            population,
            latitude: latitude.map(degrees),
            longitude: longitude.map(degrees),
        });
        Ok(())
    }

    fn barangay(&mut self, fields: &mut Fields<'_>) -> Result<(), &'static str> {
        let municipality = self.places.municipalities.last().ok_or("a barangay before any municipality")?;
        let code = [self.prefix.as_str(), fields.text()?].concat();
        check_code(&code)?;
        self.places.barangays.push(Barangay {
            code,
            name: fields.name()?,
            municipality: municipality.code.clone(),
            urban: match fields.text()? {
                "U" => Some(true),
                "R" => Some(false),
                "" => None,
                _ => return Err("neither urban nor rural"),
            },
            population: fields.number()?,
            latitude: fields.number()?.map(|difference| degrees(self.origin.0 + difference)),
            longitude: fields.number()?.map(|difference| degrees(self.origin.1 + difference)),
        });
        Ok(())
    }
}

/// Fields of one line, one after the other.
struct Fields<'line>(Split<'line, char>);

impl<'line> Fields<'line> {
    fn text(&mut self) -> Result<&'line str, &'static str> {
        self.0.next().ok_or("too few fields")
    }

    fn name(&mut self) -> Result<String, &'static str> {
        match self.text()? {
            "" => Err("a name is empty"),
            name => Ok(name.to_owned()),
        }
    }

    fn code(&mut self) -> Result<String, &'static str> {
        let code = self.text()?;
        check_code(code)?;
        Ok(code.to_owned())
    }

    fn number(&mut self) -> Result<Option<i64>, &'static str> {
        match self.text()? {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| "not a number"),
        }
    }
}

fn check_code(code: &str) -> Result<(), &'static str> {
    if code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err("a code is not ten digits")
    }
}

/// Returns the common prefix of the barangay codes of a municipality. The code was checked, so it has ten ASCII
/// digits.
fn prefix_of(code: &str) -> String {
    code.chars().take(7).collect()
}

/// Converts ten-thousandths to degrees.
#[expect(clippy::cast_precision_loss, reason = "at most 1 800 000, exact in a float")]
fn degrees(ten_thousandths: i64) -> f64 {
    ten_thousandths as f64 / 10_000.0
}

//! Components and their contents.

use super::{InvalidProperty, Node, Property};
use crate::property::is_name;

/// Component: `BEGIN`, properties and components in any order, `END` (RFC 5545 section 3.6).
///
/// Components and properties of every name are preserved, also those of other standards and programs. Two components
/// are equal if their lines and contents are; folds, line ends and blank lines do not count.
#[derive(Clone, Debug)]
pub struct Component {
    pub(super) begin: Box<Property>,
    pub(super) nodes: Vec<Node>,
    /// `END` line; `None` if the file or the parent ends first.
    pub(super) end: Option<Box<Property>>,
}

impl PartialEq for Component {
    fn eq(&self, other: &Self) -> bool {
        (&self.begin, &self.end) == (&other.begin, &other.end)
            && contents(&self.nodes).eq(contents(&other.nodes))
    }
}

impl Eq for Component {}

impl Component {
    /// Returns an empty component.
    ///
    /// # Errors
    ///
    /// Refuses a name that is no `iana-token` or `x-name`.
    pub fn new(name: &str) -> Result<Self, InvalidProperty> {
        if !is_name(name) {
            return Err(InvalidProperty::Name(name.to_owned()));
        }
        let line = |keyword: &str| Box::new(Property::component_line(keyword, name));
        Ok(Self { begin: line("BEGIN"), nodes: Vec::new(), end: Some(line("END")) })
    }

    /// Returns a component of a file after its `BEGIN` line.
    pub(super) fn begun(begin: Property) -> Self {
        Self { begin: Box::new(begin), nodes: Vec::new(), end: None }
    }

    pub(super) fn end(&mut self, end: Property) {
        self.end = Some(Box::new(end));
    }

    pub(super) fn add(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Returns the name as written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.begin.value().trim()
    }

    /// Returns true if the component has this name, ignoring case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Returns true if the component has its `END`.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.end.is_some()
    }

    /// Returns all nodes in the order of the file.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the properties in order.
    pub fn properties(&self) -> impl Iterator<Item = &Property> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Property(property) => Some(property),
            _ => None,
        })
    }

    /// Returns the properties for mutation.
    pub fn properties_mut(&mut self) -> impl Iterator<Item = &mut Property> {
        self.nodes.iter_mut().filter_map(|node| match node {
            Node::Property(property) => Some(property),
            _ => None,
        })
    }

    /// Returns the first property with a name, ignoring case.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties().find(|property| property.is(name))
    }

    /// Returns the first property with a name for mutation.
    pub fn property_mut(&mut self, name: &str) -> Option<&mut Property> {
        self.properties_mut().find(|property| property.is(name))
    }

    /// Replaces the properties of the same name, or adds the property. An equal existing one stays unchanged.
    pub fn set(&mut self, property: Property) {
        let name = property.name().to_owned();
        let Some(place) = self.nodes.iter().position(|node| is_property(node, &name)) else {
            return self.push(property);
        };
        match &mut self.nodes[place] {
            Node::Property(known) if known.has_same_content(&property) => {}
            known => *known = Node::Property(property),
        }
        let mut at = 0;
        self.nodes.retain(|node| {
            at += 1;
            at <= place + 1 || !is_property(node, &name)
        });
    }

    /// Adds a property after the others, or before the components if there are none.
    pub fn push(&mut self, property: Property) {
        let place = self.nodes.iter().rposition(|node| matches!(node, Node::Property(_)));
        self.nodes.insert(place.map_or(0, |place| place + 1), Node::Property(property));
    }

    /// Removes the properties with a name, ignoring case, and returns them.
    pub fn remove(&mut self, name: &str) -> Vec<Property> {
        let mut removed = Vec::new();
        for node in std::mem::take(&mut self.nodes) {
            match node {
                Node::Property(property) if property.is(name) => removed.push(property),
                node => self.nodes.push(node),
            }
        }
        removed
    }

    /// Removes the properties for which `keep` returns false. Everything else is unchanged.
    pub fn retain_properties(&mut self, mut keep: impl FnMut(&Property) -> bool) {
        self.nodes.retain(|node| match node {
            Node::Property(property) => keep(property),
            _ => true,
        });
    }

    /// Returns the components in order.
    pub fn components(&self) -> impl Iterator<Item = &Self> {
        components(&self.nodes)
    }

    /// Returns the components for mutation.
    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        components_mut(&mut self.nodes)
    }

    /// Returns the first component with a name, ignoring case.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Self> {
        self.components().find(|component| component.is(name))
    }

    /// Returns the first component with a name for mutation.
    pub fn component_mut(&mut self, name: &str) -> Option<&mut Self> {
        self.components_mut().find(|component| component.is(name))
    }

    /// Adds a component after everything else.
    pub fn push_component(&mut self, component: Self) {
        push_component(&mut self.nodes, component);
    }

    /// Removes the components for which `keep` returns false. Everything else is unchanged.
    pub fn retain_components(&mut self, keep: impl FnMut(&Self) -> bool) {
        retain_components(&mut self.nodes, keep);
    }

    /// Adds missing `END` lines to this component and to the last ones in it.
    fn close(&mut self) {
        if self.end.is_none() {
            close_last(&mut self.nodes);
            self.end = Some(Box::new(Property::component_line("END", self.name())));
        }
    }
}

/// Returns the nodes without blank lines.
pub(super) fn contents(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    nodes.iter().filter(|node| !matches!(node, Node::Opaque(opaque) if opaque.text().is_empty()))
}

fn is_property(node: &Node, name: &str) -> bool {
    matches!(node, Node::Property(property) if property.is(name))
}

pub(super) fn components(nodes: &[Node]) -> impl Iterator<Item = &Component> {
    nodes.iter().filter_map(|node| match node {
        Node::Component(component) => Some(component),
        _ => None,
    })
}

pub(super) fn components_mut(nodes: &mut [Node]) -> impl Iterator<Item = &mut Component> {
    nodes.iter_mut().filter_map(|node| match node {
        Node::Component(component) => Some(component),
        _ => None,
    })
}

/// Adds a component and closes the one before it, which would otherwise contain it.
pub(super) fn push_component(nodes: &mut Vec<Node>, mut component: Component) {
    close_last(nodes);
    component.close();
    nodes.push(Node::Component(component));
}

pub(super) fn retain_components(nodes: &mut Vec<Node>, mut keep: impl FnMut(&Component) -> bool) {
    nodes.retain(|node| match node {
        Node::Component(component) => keep(component),
        _ => true,
    });
}

fn close_last(nodes: &mut [Node]) {
    if let Some(component) = components_mut(nodes).last() {
        component.close();
    }
}

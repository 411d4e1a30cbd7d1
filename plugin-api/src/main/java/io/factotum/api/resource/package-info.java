/** The nouns of the design as records, to and from JSON. */
@NullMarked
package io.factotum.api.resource;

import org.jspecify.annotations.NullMarked;

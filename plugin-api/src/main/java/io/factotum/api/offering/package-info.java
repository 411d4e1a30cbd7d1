/** How a plugin checks, seals and shows the settings of its offerings. */
@NullMarked
package io.factotum.api.offering;

import org.jspecify.annotations.NullMarked;

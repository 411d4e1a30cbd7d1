/** The application's wiring: configuration, start order, stop order. */
@NullMarked
package io.factotum.host;

import org.jspecify.annotations.NullMarked;

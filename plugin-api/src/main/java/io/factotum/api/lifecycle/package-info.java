/** Lifecycle events, their results, and the bus addresses they travel on. */
@NullMarked
package io.factotum.api.lifecycle;

import org.jspecify.annotations.NullMarked;

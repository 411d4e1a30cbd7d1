/** How a plugin tells whether what it needs is well. */
@NullMarked
package io.factotum.api.health;

import org.jspecify.annotations.NullMarked;

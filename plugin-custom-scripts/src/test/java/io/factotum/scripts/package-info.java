/** Tests of the custom-scripts plugin. */
@NullMarked
package io.factotum.scripts;

import org.jspecify.annotations.NullMarked;

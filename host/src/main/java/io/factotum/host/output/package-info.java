/** What runs print: read from the store and followed while they go on, over HTTP and on the bus. */
@NullMarked
package io.factotum.host.output;

import org.jspecify.annotations.NullMarked;

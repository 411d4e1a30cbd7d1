/** What people meet first in a checkout, checked by running it: the example offerings, their walk-through, bin/test. */
@NullMarked
package io.factotum.host.examples;

import org.jspecify.annotations.NullMarked;

/** From an order to its stored result: submitting, the queue of runs, sending, storing, and due pulls. */
@NullMarked
package io.factotum.host.lifecycle;

import org.jspecify.annotations.NullMarked;

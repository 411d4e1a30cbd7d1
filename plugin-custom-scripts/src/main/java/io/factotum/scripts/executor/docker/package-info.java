/** Runs each script in a one-time container of a Docker engine, or of anything that speaks its API. */
@NullMarked
package io.factotum.scripts.executor.docker;

import org.jspecify.annotations.NullMarked;

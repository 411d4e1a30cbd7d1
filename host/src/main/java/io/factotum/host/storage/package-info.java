/** PostgreSQL: the pool and its migrations, the embedded server, and the stores that plugins see. */
@NullMarked
package io.factotum.host.storage;

import org.jspecify.annotations.NullMarked;

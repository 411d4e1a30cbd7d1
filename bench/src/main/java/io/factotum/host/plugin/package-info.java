/** What of the host's plugin package only that package sees. */
@NullMarked
package io.factotum.host.plugin;

import org.jspecify.annotations.NullMarked;

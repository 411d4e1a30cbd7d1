/** What the host lends one plugin, how it calls into it, and how it takes everything back. */
@NullMarked
package io.factotum.host.plugin.lent;

import org.jspecify.annotations.NullMarked;

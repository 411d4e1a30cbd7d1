/** Which jars a host may load: any, those with the right checksum beside them, or those that a trusted key has signed. */
@NullMarked
package io.factotum.host.plugin.trust;

import org.jspecify.annotations.NullMarked;

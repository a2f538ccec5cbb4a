// SPDX-License-Identifier: Apache-2.0
/**
 * One page about runs, in one file that needs nothing else: what was read from their folders, as
 * data for a page that draws it. What a folder lacks is left out, and the page says so.
 */
@NullMarked
package dev.unspool.cli.html;

import org.jspecify.annotations.NullMarked;

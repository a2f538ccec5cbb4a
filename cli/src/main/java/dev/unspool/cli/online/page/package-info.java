// SPDX-License-Identifier: Apache-2.0
/**
 * A stream as others see it while it runs: a page, its events, figures for Prometheus, and whether
 * it is well. Nothing here holds up the stream.
 */
@NullMarked
package dev.unspool.cli.online.page;

import org.jspecify.annotations.NullMarked;

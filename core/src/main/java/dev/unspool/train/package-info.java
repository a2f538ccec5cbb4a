// SPDX-License-Identifier: Apache-2.0
/** The loop around engine, optimizer and data, and what is worth remembering of it. */
package dev.unspool.train;

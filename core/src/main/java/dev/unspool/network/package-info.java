// SPDX-License-Identifier: Apache-2.0
/** The built-in stack: layers of one recurrent cell and a linear output, as a step program. */
package dev.unspool.network;

// SPDX-License-Identifier: Apache-2.0
/**
 * What data, engine and trainer agree on: steps as they come from data, and what turns them into
 * gradients.
 */
package dev.unspool.engine;

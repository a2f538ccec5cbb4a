// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * The equations of a step as they were recorded: what derivatives, Jacobians and exports are made
 * from. It is handed on, and can be printed: {@code toString} gives the equations, one a line. What
 * it consists of is no part of the API; nobody else implements it.
 */
public interface Recording {}

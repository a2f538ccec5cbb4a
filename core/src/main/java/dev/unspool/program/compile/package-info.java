// SPDX-License-Identifier: Apache-2.0
/**
 * Makes a class at run time for each piece of a program. What happens to a piece on its way: {@link
 * dev.unspool.program.compile.LoopPlan} cuts it into loops, {@code Translation} writes the body of
 * each as a list of operations, {@code LoopMethod} writes these as bytecode by means of a {@code
 * Target}, which knows vectors or scalars.
 */
package dev.unspool.program.compile;

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Local variables for the results of a body's operations; each is used again once it is free. */
final class Locals {
  private final CodeBuilder c;
  private final TypeKind kind;
  private final Map<Operation, Operation> lastUses = new HashMap<>();
  private final Map<Operation, Integer> slots = new HashMap<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  Locals(CodeBuilder c, TypeKind kind, Body body) {
    this.c = c;
    this.kind = kind;
    for (Operation user : body.operations()) {
      for (Operation argument : user.arguments()) {
        lastUses.put(argument, user);
      }
    }
  }

  /** Takes the result of an operation from the stack. */
  void define(Operation i) {
    Integer slot = free.poll();
    if (slot == null) {
      slot = c.allocateLocal(kind);
    }
    c.storeLocal(kind, slot);
    slots.put(i, slot);
  }

  /** Puts the result of an operation on the stack. */
  void push(Operation i) {
    Integer slot = slots.get(i);
    if (slot == null) {
      throw new IllegalStateException("not computed before it is needed: " + i);
    }
    c.loadLocal(kind, slot);
  }

  /** Frees what nobody needs after this operation. What all turns of a loop need stays. */
  void after(Operation user) {
    for (Operation argument : user.arguments()) {
      if (!argument.isBeforeUnits() && lastUses.get(argument) == user) {
        Integer slot = slots.remove(argument);
        if (slot != null) {
          free.push(slot);
        }
      }
    }
  }
}

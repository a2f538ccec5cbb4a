// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** Element types of a {@link Tensor}, under their names in safetensors files. */
public enum DType {
  /** 64-bit floating point. */
  F64(8),
  /** 32-bit floating point. */
  F32(4),
  /** 16-bit floating point, IEEE 754 binary16. */
  F16(2),
  /** 16-bit floating point with the exponent of F32. */
  BF16(2),
  /** Signed 64-bit integer. */
  I64(8),
  /** Signed 32-bit integer. */
  I32(4),
  /** Signed 16-bit integer. */
  I16(2),
  /** Signed 8-bit integer. */
  I8(1),
  /** Unsigned 64-bit integer. */
  U64(8),
  /** Unsigned 32-bit integer. */
  U32(4),
  /** Unsigned 16-bit integer. */
  U16(2),
  /** Unsigned 8-bit integer. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}

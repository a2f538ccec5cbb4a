// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where each named, shaped array of a model lies in its one flat parameter vector. Immutable. */
public final class ParameterLayout {
  private final Map<String, Slice> slices;
  private final List<Slice> list;
  private final int size;

  /**
   * One named array.
   *
   * @param name as in PyTorch where PyTorch has it, e.g. {@code weight_ih_l0}
   * @param offset index of its first value in the flat vector
   * @param shape row-major extents, each at least 1
   */
  public record Slice(String name, int offset, List<Integer> shape) {
    /** Copies the shape. */
    public Slice {
      shape = List.copyOf(shape);
    }

    /** Number of values. */
    public int size() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /** Index after the last value. */
    public int end() {
      return offset + size();
    }
  }

  private ParameterLayout(Map<String, Slice> slices, int size) {
    this.slices = slices;
    this.list = List.copyOf(slices.values());
    this.size = size;
  }

  /** Starts an empty layout. */
  public static Builder builder() {
    return new Builder();
  }

  /** Length of the flat vector. */
  public int size() {
    return size;
  }

  /** All slices, in the order of their offsets. */
  public List<Slice> slices() {
    return list;
  }

  /** Whether there is a slice of that name. */
  public boolean has(String name) {
    return slices.containsKey(name);
  }

  /**
   * The slice of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public Slice slice(String name) {
    Slice slice = slices.get(name);
    if (slice == null) {
      throw new IllegalArgumentException(
          "no parameter '%s'; this model has %s".formatted(name, slices.keySet()));
    }
    return slice;
  }

  /** Two layouts are equal if they have the same slices in the same order. */
  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof ParameterLayout that && slices().equals(that.slices()));
  }

  @Override
  public int hashCode() {
    return slices().hashCode();
  }

  /** One slice a line, for messages: {@code weight_ih_l0 [256, 64]}. */
  @Override
  public String toString() {
    var lines = new ArrayList<String>();
    slices.values().forEach(slice -> lines.add(slice.name() + " " + slice.shape()));
    return String.join("\n", lines);
  }

  /** Collects slices, one after the other. */
  public static final class Builder {
    private final Map<String, Slice> slices = new LinkedHashMap<>();
    private int size;

    private Builder() {}

    /** Appends an array. */
    public Builder add(String name, int... shape) {
      if (Arrays.stream(shape).anyMatch(extent -> extent < 1)) {
        throw new IllegalArgumentException(
            "parameter '%s' has the shape %s; every extent must be at least 1"
                .formatted(name, Arrays.toString(shape)));
      }
      double values = Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
      if (size + values > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "parameter '%s' of shape %s makes the model larger than one Java array; use fewer units or delays"
                .formatted(name, Arrays.toString(shape)));
      }
      var slice = new Slice(name, size, Arrays.stream(shape).boxed().toList());
      if (slices.putIfAbsent(name, slice) != null) {
        throw new IllegalArgumentException("parameter '%s' is there already".formatted(name));
      }
      size = slice.end();
      return this;
    }

    /** The layout. */
    public ParameterLayout build() {
      return new ParameterLayout(new LinkedHashMap<>(slices), size);
    }
  }
}

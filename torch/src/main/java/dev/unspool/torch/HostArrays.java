// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Copies between Java arrays and tensors. New tensors belong to the innermost scope. A tensor
 * without values has no address either.
 */
final class HostArrays {
  private final ScalarType type;
  private final Device device;

  /** For tensors of that type on that device. */
  HostArrays(ScalarType type, Device device) {
    this.type = type;
    this.device = device;
  }

  /** A tensor with values of its own. */
  Tensor tensor(float[] values, int offset, int size, long... shape) {
    return tensor(type, values, offset, size, shape);
  }

  Tensor tensor(ScalarType as, float[] values, int offset, int size, long... shape) {
    Tensor tensor = empty(ScalarType.Float, shape);
    if (size > 0) {
      tensor.data_ptr_float().put(values, offset, size);
    }
    return place(tensor, as);
  }

  /** A tensor with values of its own. */
  Tensor tensor(ScalarType as, double[] values, long... shape) {
    Tensor tensor = empty(ScalarType.Double, shape);
    if (values.length > 0) {
      tensor.data_ptr_double().put(values, 0, values.length);
    }
    return place(tensor, as);
  }

  /** A tensor with values of its own. */
  Tensor tensor(ScalarType as, long[] values, long... shape) {
    Tensor tensor = empty(ScalarType.Long, shape);
    if (values.length > 0) {
      tensor.data_ptr_long().put(values, 0, values.length);
    }
    return place(tensor, as);
  }

  private static Tensor empty(ScalarType type, long... shape) {
    return torch.empty(shape, new TensorOptions(type), new MemoryFormatOptional());
  }

  private Tensor place(Tensor tensor, ScalarType as) {
    if (device.is_cpu()) {
      return tensor.scalar_type().intern() == as ? tensor : tensor.to(as);
    }
    return tensor.to(device, as);
  }

  /** Zeros. */
  Tensor zeros(ScalarType as, long... shape) {
    Tensor zeros = torch.zeros(shape, new TensorOptions(as));
    return device.is_cpu() ? zeros : zeros.to(device, as);
  }

  /** Copies all values of a tensor out, row-major, as float32. */
  static void read(Tensor tensor, float[] into, int offset) {
    Tensor host = onHost(tensor, ScalarType.Float);
    int size = Math.toIntExact(host.numel());
    if (size > 0) {
      host.data_ptr_float().get(into, offset, size);
    }
  }

  /** All values of a tensor, row-major, as float64. */
  static double[] doubles(Tensor tensor) {
    Tensor host = onHost(tensor, ScalarType.Double);
    var values = new double[Math.toIntExact(host.numel())];
    if (values.length > 0) {
      host.data_ptr_double().get(values);
    }
    return values;
  }

  /** All values of a tensor of integers or booleans, row-major, as int64. */
  static long[] longs(Tensor tensor) {
    Tensor host = onHost(tensor, ScalarType.Long);
    var values = new long[Math.toIntExact(host.numel())];
    if (values.length > 0) {
      host.data_ptr_long().get(values);
    }
    return values;
  }

  private static Tensor onHost(Tensor tensor, ScalarType type) {
    Tensor host = tensor.detach();
    if (!host.device().is_cpu()) {
      host = host.cpu();
    }
    return (host.scalar_type().intern() == type ? host : host.to(type)).contiguous();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** Which devices there are. */
final class Devices {
  private Devices() {}

  /** The name of a device that is there. */
  static String checked(String name) {
    if (name.equals("cpu")) {
      return name;
    }
    if (!name.matches("cuda(:\\d{1,2})?")) {
      throw new IllegalArgumentException(
          "device '%s' is unknown; there are cpu, cuda and cuda:N".formatted(name));
    }
    int wanted = name.equals("cuda") ? 0 : Integer.parseInt(name.substring("cuda:".length()));
    requireCuda(name, wanted, torch.hasCUDA(), torch.cuda_device_count());
    return name;
  }

  /** Refuses a module that is elsewhere than its model. */
  static void requireSame(String parameter, Device found, Device wanted) {
    if (!same(found, wanted)) {
      throw new IllegalArgumentException(
          "the module's parameter '%s' is on %s, the model on %s; move the module with to(Device, boolean)"
              .formatted(parameter, found.str().getString(), wanted.str().getString()));
    }
  }

  /** Whether two names mean one device: {@code cuda} is {@code cuda:0}. */
  static boolean same(Device one, Device other) {
    return one.type().intern() == other.type().intern() && indexOf(one) == indexOf(other);
  }

  private static int indexOf(Device device) {
    return Math.max(0, device.index());
  }

  static void requireCuda(String name, int wanted, boolean linked, int count) {
    if (!linked) {
      throw new IllegalArgumentException(
          ("device '%s' needs libtorch for CUDA, and this one is for the CPU only: add org.bytedeco:pytorch with the"
                  + " classifier linux-x86_64-gpu to the class path, or use cpu")
              .formatted(name));
    }
    if (wanted >= count) {
      throw new IllegalArgumentException(
          "device '%s' is not there, CUDA sees %s; look at nvidia-smi and CUDA_VISIBLE_DEVICES, or use %s"
              .formatted(name, count, count == 0 ? "cpu" : "cuda:" + (count - 1)));
    }
  }
}

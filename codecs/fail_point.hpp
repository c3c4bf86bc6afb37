// Named places at which a test program may end the process. A program that is
// compiled without BATCH_FAIL_POINTS has nothing of them.
#pragma once

#ifdef BATCH_FAIL_POINTS

namespace batch {

/// One place in the code, made when it is passed for the first time. What
/// passing it does is the test program's business (tests/system/): it may end
/// the process, or throw.
class fail_point {
public:
  explicit fail_point(const char* name);
  void pass();

private:
  const char* name_;
  int number_;
};

} // namespace batch

#define BATCH_FAIL_POINT(name)                                                 \
  do {                                                                         \
    static ::batch::fail_point batch_fail_point{name};                         \
    batch_fail_point.pass();                                                   \
  } while (false)

#else

#define BATCH_FAIL_POINT(name) static_cast<void>(0)

#endif

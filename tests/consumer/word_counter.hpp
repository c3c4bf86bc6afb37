// A worker for a job type of this program's own: "count-words".
#pragma once

#include <batch/interface.hpp>

/// Items are JSON strings, results are numbers of words.
batch::foreign_worker_actor::behavior_type
word_counter(batch::foreign_worker_actor::pointer self);

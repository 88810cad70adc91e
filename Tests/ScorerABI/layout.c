// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Every number that version 1 promises, a line each: compiled with the frozen headers and with
// today's, it prints the same.
#include <scorer.h>
#include <scorer_abi.h>
#include <stdio.h>

#define NUMBER(expression) printf("%s %lld\n", #expression, (long long)(expression))

static void places(struct scorer_shape shape) {
    NUMBER(scorer_shape_is_legal(shape));
    NUMBER(scorer_slots_offset(shape));
    NUMBER(scorer_area_offset(shape, 1));
    NUMBER(scorer_requests_bytes(shape));
    NUMBER(scorer_completions(shape));
    NUMBER(scorer_completions_offset(shape));
    NUMBER(scorer_answer_offset(shape, 1));
    NUMBER(scorer_responses_bytes(shape));
}

int main(void) {
    NUMBER(SCORER_KIND_SCORE);
    NUMBER(SCORER_KIND_PING);
    NUMBER(SCORER_FLAG_APART);
    NUMBER(SCORER_FLAG_SHARES);
    NUMBER(SCORER_OUTCOME_ANSWER);
    NUMBER(SCORER_OUTCOME_PART);
    NUMBER(SCORER_OUTCOME_LAST);
    NUMBER(SCORER_OUTCOME_DECLINED);
    NUMBER(SCORER_OUTCOME_PONG);
    NUMBER(SCORER_PACKET_BELL);
    NUMBER(SCORER_PACKET_HELLO);
    NUMBER(SCORER_PACKET_BODY);
    NUMBER(SCORER_PACKET_DRAIN);
    NUMBER(SCORER_PACKET_READY);
    NUMBER(SCORER_PACKET_FAILED);
    NUMBER(SCORER_PACKET_SHARES);
    NUMBER(SCORER_PACKET_TOLD);
    NUMBER(SCORER_PACKET_THREADS);
    NUMBER(SCORER_PACKET_METRICS);
    NUMBER(SCORER_METRIC_COUNTER);
    NUMBER(SCORER_METRIC_GAUGE);
    NUMBER(SCORER_ABI_VERSION);
    NUMBER(SCORER_SLOTS_MAX);
    NUMBER(SCORER_AREA_DEFAULT);
    NUMBER(SCORER_AREA_MAX);
    NUMBER(SCORER_PAGE);
    NUMBER(SCORER_PARTS_UNREAD);
    NUMBER(SCORER_REASON_MAX);
    NUMBER(SCORER_METRICS_MAX);
    NUMBER(SCORER_METRIC_NAME_MAX);
    NUMBER(SCORER_OK);
    NUMBER(SCORER_DRAINED);
    NUMBER(SCORER_GONE);
    NUMBER(SCORER_INTERRUPTED);
    NUMBER(SCORER_CANCELLED);
    NUMBER(SCORER_MISUSED);
    NUMBER(SCORER_OTHER_VERSION);
    NUMBER(SCORER_BROKEN);
    NUMBER(SCORER_SYSTEM);
    NUMBER(SCORER_FLOAT64);
    NUMBER(SCORER_FLOAT32);
    NUMBER(SCORER_INT64);
    NUMBER(SCORER_INT32);
    NUMBER(SCORER_INT16);
    NUMBER(SCORER_INT8);
    NUMBER(SCORER_UINT64);
    NUMBER(SCORER_UINT32);
    NUMBER(SCORER_UINT16);
    NUMBER(SCORER_UINT8);
    NUMBER(SCORER_BOOL);
    NUMBER(SCORER_LANE_DESCRIPTOR);
    NUMBER(SCORER_LANE_GIVEN);
    NUMBER(SCORER_RANK_MAX);
    NUMBER(sizeof(struct scorer_slot));
    NUMBER(offsetof(struct scorer_slot, ticket));
    NUMBER(offsetof(struct scorer_slot, deadline));
    NUMBER(offsetof(struct scorer_slot, offset));
    NUMBER(offsetof(struct scorer_slot, body_length));
    NUMBER(offsetof(struct scorer_slot, head_length));
    NUMBER(offsetof(struct scorer_slot, kind));
    NUMBER(offsetof(struct scorer_slot, flags));
    NUMBER(offsetof(struct scorer_slot, cancelled));
    NUMBER(offsetof(struct scorer_slot, read));
    NUMBER(offsetof(struct scorer_slot, reserved));
    NUMBER(sizeof(struct scorer_completion));
    NUMBER(offsetof(struct scorer_completion, ticket));
    NUMBER(offsetof(struct scorer_completion, slot));
    NUMBER(offsetof(struct scorer_completion, outcome));
    NUMBER(offsetof(struct scorer_completion, status));
    NUMBER(offsetof(struct scorer_completion, offset));
    NUMBER(offsetof(struct scorer_completion, head_length));
    NUMBER(offsetof(struct scorer_completion, body_length));
    NUMBER(sizeof(struct scorer_requests));
    NUMBER(offsetof(struct scorer_requests, tail));
    NUMBER(offsetof(struct scorer_requests, armed));
    NUMBER(offsetof(struct scorer_requests, ring));
    NUMBER(sizeof(struct scorer_responses));
    NUMBER(offsetof(struct scorer_responses, asleep));
    NUMBER(offsetof(struct scorer_responses, done));
    NUMBER(offsetof(struct scorer_responses, taken));
    NUMBER(sizeof(struct scorer_shape));
    NUMBER(offsetof(struct scorer_shape, slots));
    NUMBER(offsetof(struct scorer_shape, calls));
    NUMBER(offsetof(struct scorer_shape, area_bytes));
    NUMBER(sizeof(struct scorer_hello));
    NUMBER(offsetof(struct scorer_hello, packet));
    NUMBER(offsetof(struct scorer_hello, version));
    NUMBER(offsetof(struct scorer_hello, newest_packet));
    NUMBER(offsetof(struct scorer_hello, slots));
    NUMBER(offsetof(struct scorer_hello, calls));
    NUMBER(offsetof(struct scorer_hello, area_bytes));
    NUMBER(offsetof(struct scorer_hello, generation));
    NUMBER(offsetof(struct scorer_hello, requests_bytes));
    NUMBER(offsetof(struct scorer_hello, responses_bytes));
    NUMBER(sizeof(struct scorer_body));
    NUMBER(offsetof(struct scorer_body, packet));
    NUMBER(offsetof(struct scorer_body, reserved));
    NUMBER(offsetof(struct scorer_body, ticket));
    NUMBER(offsetof(struct scorer_body, length));
    NUMBER(sizeof(struct scorer_word));
    NUMBER(offsetof(struct scorer_word, packet));
    NUMBER(offsetof(struct scorer_word, reserved));
    NUMBER(offsetof(struct scorer_word, generation));
    NUMBER(sizeof(struct scorer_shares));
    NUMBER(offsetof(struct scorer_shares, packet));
    NUMBER(offsetof(struct scorer_shares, reserved));
    NUMBER(offsetof(struct scorer_shares, most));
    NUMBER(offsetof(struct scorer_shares, generation));
    NUMBER(sizeof(struct scorer_metric));
    NUMBER(offsetof(struct scorer_metric, value));
    NUMBER(offsetof(struct scorer_metric, kind));
    NUMBER(offsetof(struct scorer_metric, name_length));
    NUMBER(offsetof(struct scorer_metric, name));
    NUMBER(sizeof(struct scorer_metrics));
    NUMBER(offsetof(struct scorer_metrics, packet));
    NUMBER(offsetof(struct scorer_metrics, reserved));
    NUMBER(offsetof(struct scorer_metrics, count));
    NUMBER(offsetof(struct scorer_metrics, generation));
    NUMBER(sizeof(struct scorer_request));
    NUMBER(offsetof(struct scorer_request, ticket));
    NUMBER(offsetof(struct scorer_request, deadline));
    NUMBER(offsetof(struct scorer_request, body));
    NUMBER(offsetof(struct scorer_request, body_length));
    NUMBER(offsetof(struct scorer_request, head));
    NUMBER(offsetof(struct scorer_request, head_length));
    NUMBER(offsetof(struct scorer_request, slot));
    NUMBER(offsetof(struct scorer_request, parts));
    NUMBER(offsetof(struct scorer_request, era));
    NUMBER(offsetof(struct scorer_request, tensor));
    NUMBER(offsetof(struct scorer_request, rows));
    NUMBER(offsetof(struct scorer_request, values));
    NUMBER(offsetof(struct scorer_request, reserved));
    NUMBER(sizeof(struct scorer_tensor));
    NUMBER(offsetof(struct scorer_tensor, element));
    NUMBER(offsetof(struct scorer_tensor, rank));
    NUMBER(offsetof(struct scorer_tensor, shape));
    NUMBER(sizeof(struct scorer_hold));
    NUMBER(offsetof(struct scorer_hold, era));
    NUMBER(offsetof(struct scorer_hold, memory));
    NUMBER(offsetof(struct scorer_hold, length));
    places((struct scorer_shape){1, 1, SCORER_AREA_DEFAULT});
    places((struct scorer_shape){17, 3, SCORER_PAGE});
    places((struct scorer_shape){SCORER_SLOTS_MAX, SCORER_SLOTS_MAX, SCORER_AREA_MAX});
    return 0;
}

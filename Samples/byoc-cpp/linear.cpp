// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A linear model of three classes over four numbers: rows of a tensor in, probabilities out.
#include <scorer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace {

constexpr int features = 4;
constexpr int classes = 3;

// A multinomial logistic regression of the iris flowers: weights, then the bias.
constexpr float weights[classes][features + 1] = {
    {-0.4237F, 0.9672F, -2.5171F, -1.0791F, 9.8494F},
    {0.5344F, -0.3215F, -0.2064F, -0.9441F, 2.2372F},
    {-0.1107F, -0.6457F, 2.7235F, 2.0232F, -12.0866F},
};

std::array<float, classes> score(const float *row) {
    std::array<float, classes> result;
    for (int i = 0; i < classes; i++) {
        result[i] = weights[i][features];
        for (int j = 0; j < features; j++)
            result[i] += weights[i][j] * row[j];
    }
    const float most = *std::max_element(result.begin(), result.end());
    float sum = 0;
    for (float &value : result)
        sum += value = std::exp(value - most);
    for (float &value : result)
        value /= sum;
    return result;
}

std::string answer(const scorer_request &request) {
    const auto *rows = static_cast<const float *>(request.tensor);
    std::string text = "[";
    for (uint64_t i = 0; i < request.rows; i++) {
        const auto [first, second, third] = score(rows + i * features);
        char line[96];
        std::snprintf(line, sizeof line, "%s[%.6f, %.6f, %.6f]", i ? ", " : "", first, second,
                      third);
        text += line;
    }
    return text + "]\n";
}

} // namespace

int main() {
    const std::string head = "content-type: application/json\n";
    const scorer_tensor form = {SCORER_FLOAT32, 2, {-1, features}};
    scorer_lane *lane = nullptr;
    scorer_request request;
    scorer_result result = scorer_attach(SCORER_LANE_GIVEN, &lane);

    if (result == SCORER_OK)
        result = scorer_expect_tensor(lane, &form);
    if (result == SCORER_OK)
        result = scorer_ready(lane);
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result != SCORER_OK)
            continue;
        const std::string text = answer(request);
        scorer_metric_add(lane, "iris_rows_total", static_cast<double>(request.rows));
        result =
            scorer_answer(lane, &request, 200, head.data(), head.size(), text.data(), text.size());
    }
    if (result == SCORER_DRAINED)
        return 0;
    std::fprintf(stderr, "cannot go on: %s\n", scorer_result_text(result));
    return 4;
}

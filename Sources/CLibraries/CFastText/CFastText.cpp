#include "CFastText.h"

#include <fasttext/fasttext.h>

#include <cmath>
#include <cstring>
#include <exception>
#include <fstream>
#include <istream>
#include <memory>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

struct shardmill_fasttext {
    fasttext::FastText model;
    std::shared_ptr<const fasttext::Dictionary> dictionary;
    std::vector<std::string> labels;
};

namespace {
/// A line that stands in memory, and the line feed behind it.
class line_buffer : public std::streambuf {
   public:
    line_buffer(const char *line, size_t length) {
        // The buffer is only read from.
        char *start = const_cast<char *>(line);
        setg(start, start, start + length);
    }

   protected:
    int_type underflow() override {
        if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
        if (ended) return traits_type::eof();
        ended = true;
        setg(&end, &end, &end + 1);
        return traits_type::to_int_type(end);
    }

   private:
    bool ended = false;
    char end = '\n';
};

void say(const char *what, char *message, size_t capacity) {
    if (capacity == 0) return;
    std::strncpy(message, what, capacity - 1);
    message[capacity - 1] = 0;
}
}  // namespace

shardmill_fasttext *shardmill_fasttext_load(const char *path, char *message, size_t capacity) {
    try {
        auto loaded = std::make_unique<shardmill_fasttext>();
        std::ifstream file(path, std::ifstream::binary);
        if (!file.is_open()) {
            say("cannot be opened", message, capacity);
            return nullptr;
        }
        // What the library's own loading from a path does, with the stream's state looked at.
        int32_t magic = 0;
        int32_t version = 0;
        file.read(reinterpret_cast<char *>(&magic), sizeof magic);
        file.read(reinterpret_cast<char *>(&version), sizeof version);
        file.close();
        if (magic != 793712314) {
            say("is no fastText model", message, capacity);
            return nullptr;
        }
        loaded->model.loadModel(std::string(path));
        loaded->dictionary = loaded->model.getDictionary();
        for (int32_t label = 0; label < loaded->dictionary->nlabels(); label++)
            loaded->labels.push_back(loaded->dictionary->getLabel(label));
        return loaded.release();
    } catch (const std::exception &error) {
        say(error.what(), message, capacity);
    } catch (...) {
        say("is damaged", message, capacity);
    }
    return nullptr;
}

void shardmill_fasttext_free(shardmill_fasttext *model) { delete model; }

int32_t shardmill_fasttext_label_count(const shardmill_fasttext *model) {
    return static_cast<int32_t>(model->labels.size());
}

const char *shardmill_fasttext_label(const shardmill_fasttext *model, int32_t label) {
    return model->labels[static_cast<size_t>(label)].c_str();
}

float shardmill_fasttext_probability(const shardmill_fasttext *model, const char *line, size_t length, int32_t label) {
    try {
        line_buffer buffer(line, length);
        std::istream stream(&buffer);
        std::vector<int32_t> words;
        std::vector<int32_t> labels;
        model->dictionary->getLine(stream, words, labels);
        fasttext::Predictions predictions;
        model->model.predict(shardmill_fasttext_label_count(model), words, predictions);
        for (const auto &prediction : predictions)
            if (prediction.second == label) return std::exp(prediction.first);
    } catch (...) {
        // A model whose numbers are none.
    }
    return -1;
}

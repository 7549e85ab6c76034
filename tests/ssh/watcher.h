// SPDX-License-Identifier: Apache-2.0
// Follows a session's updates: waits for states, keeps the texts of steps, answers prompts.
#pragma once

#include "core/session/session.h"

#include <deque>
#include <functional>

#include <QElapsedTimer>
#include <QString>
#include <QStringList>

#include <poll.h>

namespace rig {

class Watcher
{
public:
    using Answer = std::function<std::optional<std::string>(const podglass::session::Prompt&)>;

    Watcher()
        : updates(1 << 20)
    {}

    // Whoever answers must be told whom.
    void answerWith(podglass::session::Session& session, Answer answer)
    {
        m_session = &session;
        m_answer = std::move(answer);
    }

    // The next state of this kind; the texts of steps on the way are kept.
    std::optional<podglass::session::StateChanged> state(podglass::session::State wanted)
    {
        using namespace podglass::session;
        std::optional<StateChanged> found;
        until([&](const Update& update) {
            const auto* changed = std::get_if<StateChanged>(&update);
            if (changed != nullptr && changed->state == wanted)
                found = *changed;
            return found.has_value();
        });
        return found;
    }

    // What a connection came to: Live, or Failed with its words.
    podglass::session::StateChanged outcome()
    {
        using namespace podglass::session;
        StateChanged found;
        until([&](const Update& update) {
            const auto* changed = std::get_if<StateChanged>(&update);
            if (changed == nullptr
                || (changed->state != State::Live && changed->state != State::Failed))
                return false;
            found = *changed;
            return true;
        });
        return found;
    }

    podglass::session::Updates updates;
    QString steps;
    QStringList prompts; // titles

private:
    void until(const std::function<bool(const podglass::session::Update&)>& met)
    {
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 60'000) {
            while (!m_queue.empty()) {
                const podglass::session::Update update = std::move(m_queue.front());
                m_queue.pop_front();
                note(update);
                if (met(update))
                    return;
            }
            pollfd waiting{updates.wakeFd(), POLLIN, 0};
            ::poll(&waiting, 1, 1'000);
            m_queue = updates.take();
        }
    }

    void note(const podglass::session::Update& update)
    {
        if (const auto* step = std::get_if<podglass::session::Step>(&update)) {
            if (step->state != podglass::session::StepState::Running)
                steps += QString::fromStdString(step->text + " | " + step->detail) + "\n";
        } else if (const auto* prompt = std::get_if<podglass::session::Prompt>(&update)) {
            prompts << QString::fromStdString(prompt->title);
            if (m_session != nullptr)
                m_session->answer(prompt->id, m_answer(*prompt));
        }
    }

    std::deque<podglass::session::Update> m_queue;
    podglass::session::Session* m_session = nullptr;
    Answer m_answer;
};

} // namespace rig

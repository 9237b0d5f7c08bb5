using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Events;
using GatewayMesh.Identity;

namespace GatewayMesh.Roles.Logging;

/// <summary>
/// Log lines about the registry: its loss and its return, entries that are refused and accepted again, and a registry that cannot be written to. A line for each
/// beginning and each end, and however fast things change, at most one line in ten seconds for each file or entry and twenty for all of them.
/// </summary>
/// <param name="events">Where lines go.</param>
/// <param name="time">Clock of the pauses.</param>
internal sealed class RegistryEvents(EventLog events, TimeProvider time)
{
    /// <summary>The least time between two lines about one file or entry: 10 s.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after which a failed write is said: 5 s. In an outage the loss is then known, and said instead.</summary>
    public static TimeSpan WriteGrace { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The most lines about files and entries in each <see cref="Pause"/>: 20.</summary>
    public const int Most = 20;

    private const string Snapshot = "snapshot.json";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);
    private ImmutableArray<ConfigError> _errors = [];
    private long _windowAt = time.GetTimestamp();
    private int _lines;
    private bool _lost;
    private long _lostAt;
    private long? _writeFailedAt;
    private bool _writeSaid;

    /// <summary>Says what is new of the registry.</summary>
    /// <param name="name">Name of the registry.</param>
    /// <param name="reached">Whether it could be read; null: not known yet.</param>
    /// <param name="errors">All that is wrong.</param>
    /// <param name="age">Time since it was last heard; null: unknown.</param>
    public void Read(string name, bool? reached, ImmutableArray<ConfigError> errors, TimeSpan? age)
    {
        lock (_lock)
        {
            if (reached is { } now && now == _lost)
            {
                Turn(name, now, errors, age);
            }

            // While nobody can read it, what is known of its entries is old.
            if (!_lost)
            {
                _errors = errors;
            }

            SayEntries();
        }
    }

    /// <summary>Says what had to wait, and a write that goes on failing. Called every second.</summary>
    /// <param name="write">What is wrong with writing; null: it works.</param>
    public void Tick(ConfigError? write)
    {
        lock (_lock)
        {
            SayEntries();
            SayWrite(write);
        }
    }

    private void Turn(string name, bool reached, ImmutableArray<ConfigError> errors, TimeSpan? age)
    {
        _lost = !reached;
        if (_lost)
        {
            _lostAt = time.GetTimestamp();
            var reason = errors.FirstOrDefault(error => name.EndsWith(error.File, StringComparison.Ordinal)) ?? errors.FirstOrDefault();
            events.Warning("registry_lost", $"{reason?.ToString() ?? $"{name} cannot be read"}; last heard {(age is { } heard ? $"{Text(heard)} ago" : "before this start")}", ("registry", name));
        }
        else
        {
            events.Info("registry_recovered", $"{name} can be read again after {Text(time.GetElapsedTime(_lostAt))}", ("registry", name));
        }
    }

    private void SayEntries()
    {
        if (time.GetElapsedTime(_windowAt) >= Pause)
        {
            (_windowAt, _lines) = (time.GetTimestamp(), 0);
        }

        var wrong = _errors.GroupBy(error => error.File, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);
        foreach (var (entry, found) in wrong)
        {
            var known = _said.GetValueOrDefault(entry);
            if ((known is null || !known.Errors.SequenceEqual(found)) && MaySay(known))
            {
                var more = found.Sum(error => Math.Max(1, error.More)) - 1;
                var rest = more > 0 ? string.Create(CultureInfo.InvariantCulture, $" (and {more:N0} more)") : "";
                SayWrong(entry, found[0], $"{found[0]}{rest}", more + 1);
                _said[entry] = new Said(found, time.GetTimestamp());
            }
        }

        foreach (var (entry, known) in _said.Where(pair => !wrong.ContainsKey(pair.Key)).ToList())
        {
            if (known.Errors.IsEmpty)
            {
                if (time.GetElapsedTime(known.At) >= Pause)
                {
                    _ = _said.Remove(entry);
                }
            }
            else if (MaySay(known))
            {
                events.Info("configuration_accepted", $"{entry} has no error any more", ("entry", entry));
                _said[entry] = new Said([], time.GetTimestamp());
            }
        }
    }

    // What cannot be stored is no fault of an entry, and a start from an older state is near.
    private void SayWrong(string entry, ConfigError first, string text, int count)
    {
        if (!entry.EndsWith(Snapshot, StringComparison.Ordinal))
        {
            events.Warning("configuration_refused", $"{text}; the last good one stays in use", ("entry", entry), ("errors", count));
        }
        else if (first.Message.Contains("cannot be written", StringComparison.Ordinal))
        {
            events.Error("snapshot_not_written", text, ("entry", entry));
        }
        else
        {
            events.Error("snapshot_unreadable", text, ("entry", entry));
        }
    }

    private bool MaySay(Said? known)
    {
        if (_lines >= Most || (known is not null && time.GetElapsedTime(known.At) < Pause))
        {
            return false;
        }

        _lines++;
        return true;
    }

    private void SayWrite(ConfigError? error)
    {
        if (error is null)
        {
            if (_writeSaid)
            {
                events.Info("registry_written", "the registry can be written to again: this node is published");
            }

            (_writeFailedAt, _writeSaid) = (null, false);
            return;
        }

        if (_lost)
        {
            // Of course: nobody can. After the return the next write has its time.
            _writeFailedAt = null;
            return;
        }

        _writeFailedAt ??= time.GetTimestamp();
        if (!_writeSaid && time.GetElapsedTime(_writeFailedAt.Value) >= WriteGrace)
        {
            _writeSaid = true;
            events.Error("registry_not_written", error.ToString());
        }
    }

    private static string Text(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : CertificateTimes.Text(time);

    private sealed record Said(ImmutableArray<ConfigError> Errors, long At);
}

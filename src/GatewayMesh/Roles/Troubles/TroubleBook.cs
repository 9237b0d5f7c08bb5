using GatewayMesh.Events;

namespace GatewayMesh.Roles.Troubles;

/// <summary>
/// The troubles that last, each told once when it begins and once when it ends. One that comes and goes is told at most every ten seconds, and always as
/// it is in the end.
/// </summary>
internal sealed class TroubleBook(EventLog events, TimeProvider time)
{
    /// <summary>Time between two lines about one trouble.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(TroubleKind, string, string, string), Entry> _entries = [];

    /// <summary>Those that last now, the longest first.</summary>
    internal IReadOnlyList<OpenTrouble> Open
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _entries.Values.Where(entry => entry.IsOn)
                        .Select(entry => new OpenTrouble(entry.Trouble, time.GetElapsedTime(entry.Since)))
                        .OrderByDescending(open => open.Duration),
                ];
            }
        }
    }

    /// <summary>Takes the troubles of the moment and tells what changed.</summary>
    internal void Update(IReadOnlyCollection<Trouble> present)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var keys = present.Select(trouble => trouble.Key).ToHashSet();
            foreach (var trouble in present)
            {
                if (!_entries.TryGetValue(trouble.Key, out var entry))
                {
                    _entries[trouble.Key] = entry = new Entry(trouble);
                }

                entry.Turn(on: true, now);
                entry.Trouble = trouble;
            }

            foreach (var (key, entry) in _entries)
            {
                if (!keys.Contains(key))
                {
                    entry.Turn(on: false, now);
                }

                var isDue = entry.ToldAt is not { } told || time.GetElapsedTime(told, now) >= Quiet;
                if (isDue && entry.IsOn != entry.IsTold)
                {
                    Tell(entry, now);
                }
                else if (isDue && !entry.IsOn)
                {
                    _entries.Remove(key);
                }
            }
        }
    }

    /// <summary>Drops all of them without a word: this process no longer speaks for the node.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    private void Tell(Entry entry, long now)
    {
        var trouble = entry.Trouble;
        if (entry.IsOn)
        {
            var level = trouble.Kind == TroubleKind.ApplicationDown ? EventLevel.Error : EventLevel.Warning;
            events.Write(level, trouble.Word, trouble.Begin, ("service", trouble.Service), ("instance", trouble.Instance), ("host", trouble.Node), ("address", trouble.Address), ("reason", trouble.Reason), ("changes", entry.Changes));
            entry.ToldSince = entry.Since;
        }
        else
        {
            var lasted = time.GetElapsedTime(entry.ToldSince, entry.EndedAt);
            events.Info(trouble.EndWord, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{trouble.End}, after {lasted.TotalSeconds:0.0} s"), ("service", trouble.Service), ("instance", trouble.Instance), ("host", trouble.Node), ("address", trouble.Address), ("reason", trouble.Reason), ("lasted", lasted), ("changes", entry.Changes));
        }

        (entry.IsTold, entry.ToldAt, entry.Changes) = (entry.IsOn, now, 0);
    }

    private sealed class Entry(Trouble trouble)
    {
        public Trouble Trouble { get; set; } = trouble;

        public bool IsOn { get; private set; }

        public bool IsTold { get; set; }

        public long Since { get; private set; }

        public long EndedAt { get; private set; }

        public long ToldSince { get; set; }

        public long? ToldAt { get; set; }

        public int Changes { get; set; }

        public void Turn(bool on, long now)
        {
            if (on == IsOn)
            {
                return;
            }

            IsOn = on;
            Changes++;
            (Since, EndedAt) = on ? (now, EndedAt) : (Since, now);
        }
    }
}

using GatewayMesh.Events;

namespace GatewayMesh.Troubles;

/// <summary>
/// The open troubles. Each is logged once at its start and once at its end. A flapping trouble is logged at most every ten seconds, and its
/// final state is always logged.
/// </summary>
internal sealed class TroubleBook(EventLog events, TimeProvider time)
{
    /// <summary>Minimum time between two lines about one trouble.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(TroubleKind, string, string, string), Entry> _entries = [];

    /// <summary>The open troubles, longest first.</summary>
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

    /// <summary>Updates the troubles and logs the changes.</summary>
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

                var isDue = entry.LoggedAt is not { } logged || time.GetElapsedTime(logged, now) >= Quiet;
                if (isDue && entry.IsOn != entry.IsLogged)
                {
                    Log(entry, now);
                }
                else if (isDue && !entry.IsOn)
                {
                    _entries.Remove(key);
                }
            }
        }
    }

    /// <summary>Drops all troubles without a log line: this process no longer speaks for the node.</summary>
    internal void Forget()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    private void Log(Entry entry, long now)
    {
        var trouble = entry.Trouble;
        if (entry.IsOn)
        {
            var level = trouble.Kind == TroubleKind.ApplicationDown ? EventLevel.Error : EventLevel.Warning;
            events.Write(
                level,
                trouble.Word,
                trouble.Begin,
                ("service", trouble.Service),
                ("instance", trouble.Instance),
                ("host", trouble.Node),
                ("address", trouble.Address),
                ("reason", trouble.Reason),
                ("changes", entry.Changes));
            entry.LoggedSince = entry.Since;
        }
        else
        {
            var lasted = time.GetElapsedTime(entry.LoggedSince, entry.EndedAt);
            events.Info(
                trouble.EndWord,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{trouble.End}, after {lasted.TotalSeconds:0.0} s"),
                ("service", trouble.Service),
                ("instance", trouble.Instance),
                ("host", trouble.Node),
                ("address", trouble.Address),
                ("reason", trouble.Reason),
                ("lasted", lasted),
                ("changes", entry.Changes));
        }

        (entry.IsLogged, entry.LoggedAt, entry.Changes) = (entry.IsOn, now, 0);
    }

    private sealed class Entry(Trouble trouble)
    {
        public Trouble Trouble { get; set; } = trouble;

        public bool IsOn { get; private set; }

        public bool IsLogged { get; set; }

        public long Since { get; private set; }

        public long EndedAt { get; private set; }

        public long LoggedSince { get; set; }

        public long? LoggedAt { get; set; }

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

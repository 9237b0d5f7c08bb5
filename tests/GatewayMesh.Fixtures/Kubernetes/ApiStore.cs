using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>The objects of the stub: one counter for all versions, every change in order, and a snapshot after each.</summary>
public sealed class ApiStore
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly List<StoreEvent> _history = [];
    private readonly Dictionary<ApiKind, ImmutableSortedDictionary<string, StoredObject>> _objects = [];
    private ImmutableDictionary<string, ApiKind> _kinds;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 100;
    private int _ids;

    internal ApiStore(TimeProvider time)
    {
        _time = time;
        _kinds = ApiKinds.All().ToImmutableDictionary(IdOf);
        foreach (var name in new[] { "default", "kube-system" })
        {
            Seed("namespaces", Namespace(name));
        }
    }

    /// <summary>The counter of versions.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    /// <summary>Versions below are unknown to watches (410). Rises with a restart of the server.</summary>
    public long Oldest { get; private set; }

    /// <summary>Versions below are unknown to lists at a version and to page tokens (410). Rises with a compaction.</summary>
    public long Compacted { get; private set; }

    /// <summary>Completes with the next change, installation, or removal of a kind.</summary>
    internal Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>The kind of a plural; null if it is not installed.</summary>
    public ApiKind? Find(string plural, string? group = null) =>
        _kinds.Values.FirstOrDefault(kind => kind.Plural == plural && (group is null || kind.Group == group));

    /// <summary>Versions of a group, newest first.</summary>
    internal IEnumerable<string> VersionsOf(string group) =>
        _kinds.Values.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct().OrderDescending(StringComparer.Ordinal);

    /// <summary>
    /// Puts an object as given: no defaults, no checks, no owners. What is missing in the metadata (uid, time) is added; a given
    /// <c>resourceVersion</c> moves the counter forward. Kind and version are added.
    /// </summary>
    public StoredObject Seed(string plural, string json) => Seed(plural, JsonNode.Parse(json)!.AsObject());

    /// <inheritdoc cref="Seed(string, string)"/>
    public StoredObject Seed(string plural, JsonObject json)
    {
        var kind = Find(plural) ?? throw new InvalidOperationException($"{plural} is not installed");
        var copy = json.DeepClone().AsObject();
        var meta = copy["metadata"]!.AsObject();
        lock (_lock)
        {
            var given = (string?)meta["resourceVersion"];
            if (given is not null && long.Parse(given, CultureInfo.InvariantCulture) is var version && version > _version)
            {
                _version = version - 1;
            }

            return Put(kind, copy, FieldOwners.None);
        }
    }

    /// <summary>Deletes an object as given.</summary>
    public void Drop(string plural, string space, string name)
    {
        lock (_lock)
        {
            _ = Delete(Find(plural)!, space, name);
        }
    }

    /// <summary>Forgets old versions, as etcd does every five minutes.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            Compacted = _version;
        }
    }

    /// <summary>Raises the counter without a change, as another kind's writes do.</summary>
    public void Advance(long by)
    {
        lock (_lock)
        {
            _version += by;
        }
    }

    /// <summary>Removes a kind (its CRD is deleted): each object is deleted, streams end, and then paths are 404.</summary>
    public void Uninstall(string plural)
    {
        lock (_lock)
        {
            var kind = Find(plural)!;
            foreach (var stored in Snapshot(kind).Values)
            {
                _ = Delete(kind, stored.Namespace, stored.Name);
            }

            _kinds = _kinds.Remove(IdOf(kind));
            Wake();
        }
    }

    /// <summary>Installs a kind, or installs it again.</summary>
    public void Install(ApiKind kind)
    {
        lock (_lock)
        {
            _kinds = _kinds.SetItem(IdOf(kind), kind);
            Wake();
        }
    }

    /// <summary>All objects of a kind now.</summary>
    public ImmutableSortedDictionary<string, StoredObject> Snapshot(ApiKind kind)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(kind) ?? ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);
        }
    }

    /// <summary>One object; null if there is none.</summary>
    public StoredObject? Get(ApiKind kind, string space, string name) =>
        Snapshot(kind).GetValueOrDefault(StoredObject.KeyOf(space, name));

    internal bool IsInstalled(ApiKind kind) => _kinds.ContainsKey(IdOf(kind));

    /// <summary>The objects of a kind with the version of the counter at that moment.</summary>
    internal (ImmutableSortedDictionary<string, StoredObject> Objects, long Version) Now(ApiKind kind)
    {
        lock (_lock)
        {
            return (Snapshot(kind), _version);
        }
    }

    /// <summary>All objects of a kind at a version.</summary>
    internal ImmutableSortedDictionary<string, StoredObject> At(ApiKind kind, long version)
    {
        lock (_lock)
        {
            var last = _history.FindLast(change => change.Kind == kind && change.Version <= version);
            return last?.Snapshot ?? ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);
        }
    }

    /// <summary>Changes of a kind after a version, the counter, and the task of the next change.</summary>
    internal (List<StoreEvent> Events, long Version, Task Next) After(ApiKind kind, long version)
    {
        lock (_lock)
        {
            // Backwards: a watch is rarely far behind.
            var first = _history.Count;
            while (first > 0 && _history[first - 1].Version > version)
            {
                first--;
            }

            return (_history.Skip(first).Where(change => change.Kind == kind).ToList(), _version, _changed.Task);
        }
    }

    /// <summary>Runs a change that reads and writes.</summary>
    internal T Write<T>(Func<T> change)
    {
        lock (_lock)
        {
            return change();
        }
    }

    /// <summary>Stores a new version of an object. Within <see cref="Write"/>.</summary>
    internal StoredObject Put(ApiKind kind, JsonObject json, FieldOwners owners)
    {
        var meta = json["metadata"]!.AsObject();
        meta["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        meta["uid"] ??= NewId();
        meta["creationTimestamp"] ??= Now();
        json["kind"] ??= kind.Kind;
        json["apiVersion"] ??= kind.ApiVersion;
        var stored = new StoredObject(kind, json, owners);
        var before = Snapshot(kind).GetValueOrDefault(stored.Key);
        var snapshot = _objects[kind] = Snapshot(kind).SetItem(stored.Key, stored);
        Add(new StoreEvent(kind, stored.Version, before, stored, stored, snapshot));
        return stored;
    }

    /// <summary>Deletes an object. Within <see cref="Write"/>. Returns its last state with the version of the deletion.</summary>
    internal StoredObject? Delete(ApiKind kind, string space, string name)
    {
        if (Get(kind, space, name) is not { } before)
        {
            return null;
        }

        var json = before.ToJson();
        json["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        var last = new StoredObject(kind, json, before.Owners);
        var snapshot = _objects[kind] = Snapshot(kind).Remove(before.Key);
        Add(new StoreEvent(kind, _version, before, null, last, snapshot));
        return last;
    }

    /// <summary>The server starts anew: its cache begins now.</summary>
    public void Restarted()
    {
        lock (_lock)
        {
            Oldest = _version;
        }
    }

    internal string NewId() => $"00000000-0000-4000-8000-{Interlocked.Increment(ref _ids):x12}";

    internal string Now() => _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    internal static string Namespace(string name) =>
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"kubernetes.io/metadata.name":"{{{name}}}"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}""";

    private static string IdOf(ApiKind kind) => $"{kind.Group}/{kind.Version}/{kind.Plural}";

    private void Add(StoreEvent change)
    {
        _history.Add(change);
        Wake();
    }

    private void Wake()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

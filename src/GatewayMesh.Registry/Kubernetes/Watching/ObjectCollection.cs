using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// Turns events into sets. While a start is collected, the old set stays in use; what was not collected is gone with the swap. Used by one
/// watch only; the set may be read by any thread.
/// </summary>
/// <param name="keep">Projects an object to what is kept of it; null: nothing is kept.</param>
internal sealed class ObjectCollection<T, TKept>(Func<T, TKept?> keep)
    where T : class, IKubernetesObject
    where TKept : class
{
    private const int MostUnreadable = 100;

    private volatile ObjectSet<TKept> _current = ObjectSet<TKept>.Empty;
    private ImmutableDictionary<ObjectKey, HeldObject<TKept>>.Builder? _collected;
    private ImmutableDictionary<ObjectKey, string> _unreadable = ImmutableDictionary<ObjectKey, string>.Empty;
    private ImmutableDictionary<ObjectKey, string> _unreadableBefore = ImmutableDictionary<ObjectKey, string>.Empty;

    /// <summary>The set in use.</summary>
    public ObjectSet<TKept> Current => _current;

    /// <summary>Objects that could not be read, with the reasons.</summary>
    public ImmutableDictionary<ObjectKey, string> Unreadable => _collected is null ? _unreadable : _unreadableBefore;

    /// <summary>Begins to collect a start. What was collected before is dropped.</summary>
    public void Begin()
    {
        _unreadableBefore = Unreadable;
        _collected = ImmutableDictionary.CreateBuilder<ObjectKey, HeldObject<TKept>>();
        _unreadable = ImmutableDictionary<ObjectKey, string>.Empty;
    }

    /// <summary>Drops a start that was not completed.</summary>
    public void Abandon()
    {
        if (_collected is not null)
        {
            (_collected, _unreadable) = (null, _unreadableBefore);
        }
    }

    /// <summary>Uses the collected start. True if it differs from the set in use.</summary>
    public bool Swap()
    {
        var fresh = _collected!.ToImmutable();
        _collected = null;
        return Use(fresh, IsSame(fresh, _current.Held), isStart: true);
    }

    /// <summary>Takes an object that is there. True if the set in use has changed.</summary>
    public bool Put(T? value, ObjectMeta meta, string? problem)
    {
        var key = meta.Key;
        var version = VersionOf(meta);
        var known = _current.Held.TryGetValue(key, out var held);
        if (value is not null && known && held.Version == version && version != 0)
        {
            return Keep(key, held);
        }

        var (kept, failure) = value is null ? (null, problem ?? "cannot be read") : Project(value);
        if (failure is null)
        {
            _unreadable = _unreadable.Remove(key);
            return kept is null ? Remove(key) : Set(key, new HeldObject<TKept>(kept, version));
        }

        if (_unreadable.Count < MostUnreadable || _unreadable.ContainsKey(key))
        {
            _unreadable = _unreadable.SetItem(key, failure);
        }

        // The last readable version stays: one bad object never takes away a good one.
        return known && Keep(key, held, isReadable: false);
    }

    /// <summary>Takes an object that is gone. True if the set in use has changed.</summary>
    public bool Remove(ObjectKey key)
    {
        _unreadable = _unreadable.Remove(key);
        if (_collected is not null)
        {
            _ = _collected.Remove(key);
            return false;
        }

        var fresh = _current.Held.Remove(key);
        return Use(fresh, ReferenceEquals(fresh, _current.Held));
    }

    // The version that is held already.
    private bool Keep(ObjectKey key, HeldObject<TKept> held, bool isReadable = true)
    {
        if (isReadable)
        {
            _unreadable = _unreadable.Remove(key);
        }

        if (_collected is not null)
        {
            _collected[key] = held;
        }

        return false;
    }

    // A fault in the projection costs one object, not the watch.
    private (TKept? Kept, string? Failure) Project(T value)
    {
        try
        {
            return (keep(value), null);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return (null, $"cannot be used: {ApiError.OneLine(failure.Message)}");
        }
    }

    private bool Set(ObjectKey key, HeldObject<TKept> held)
    {
        if (_collected is not null)
        {
            _collected[key] = held;
            return false;
        }

        return Use(_current.Held.SetItem(key, held), isSame: false);
    }

    private bool Use(ImmutableDictionary<ObjectKey, HeldObject<TKept>> fresh, bool isSame, bool isStart = false)
    {
        if (!isSame)
        {
            _current = new ObjectSet<TKept>(fresh, _current.Change + 1, _current.Starts + (isStart ? 1 : 0));
        }

        return !isSame;
    }

    // A start anew after an error mostly finds the same objects. No consumer should compile because of it.
    private static bool IsSame(
        ImmutableDictionary<ObjectKey, HeldObject<TKept>> fresh, ImmutableDictionary<ObjectKey, HeldObject<TKept>> old)
    {
        if (fresh.Count != old.Count)
        {
            return false;
        }

        foreach (var (key, held) in fresh)
        {
            if (!old.TryGetValue(key, out var before) || !ReferenceEquals(before.Value, held.Value))
            {
                return false;
            }
        }

        return true;
    }

    private static ulong VersionOf(ObjectMeta meta) =>
        ulong.TryParse(meta.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}

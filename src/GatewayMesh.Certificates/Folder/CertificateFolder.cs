using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Linux;

namespace GatewayMesh.Certificates.Folder;

/// <summary>
/// A node's certificates on disk, which is where those who fetch or issue them and those who use them meet, in worker and guard alike:
/// <code>
/// DIR/roots.pem      the authorities that are believed
/// DIR/SERVICE.pem    a service's certificate, its intermediates and its key (0600)
/// </code>
/// Files are replaced by rename; what changes is in use within a second. A file that is gone or broken changes nothing: the last good one holds,
/// until its time is over.
/// </summary>
/// <param name="directory">The folder; made with mode 0700 when something is put into it.</param>
/// <param name="time">The clock.</param>
public sealed class CertificateFolder(string directory, TimeProvider time) : ICertificates, IDisposable
{
    private const string RootsName = "roots.pem";
    private const int Longest = 1024 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileTrace> _seen = [];
    private readonly ConcurrentDictionary<string, LeafCertificate> _leafs = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, string> _errors = ImmutableSortedDictionary<string, string>.Empty;
    private volatile TrustBundle? _trust;
    private ITimer? _timer;
    private int _refreshing;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Where it is.</summary>
    public string Directory { get; } = directory;

    /// <inheritdoc/>
    public TrustBundle? Trust => _trust;

    /// <summary>What is wrong now, by file: what cannot be read or written.</summary>
    public ImmutableSortedDictionary<string, string> Errors
    {
        get
        {
            lock (_gate)
            {
                return _errors;
            }
        }
    }

    /// <summary>The services that have a certificate here, valid or not.</summary>
    public IReadOnlyCollection<string> Services => [.. _leafs.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public LeafCertificate? Leaf(string service) => _leafs.TryGetValue(service, out var leaf) && leaf.IsValid(time.GetUtcNow()) ? leaf : null;

    /// <summary>The last certificate that was there for <paramref name="service"/>, valid or not.</summary>
    public LeafCertificate? Newest(string service) => _leafs.GetValueOrDefault(service);

    /// <summary>Reads the folder now, and from now on every second.</summary>
    public void Start()
    {
        Refresh();
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>Reads what has changed on disk.</summary>
    public void Refresh()
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
        {
            // An earlier look is still waiting for the disk.
            return;
        }

        try
        {
            RefreshNow();
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    private void RefreshNow()
    {
        Dictionary<string, FileTrace> seen;
        lock (_gate)
        {
            seen = new(_seen);
        }

        List<ReadFile> files;
        try
        {
            // Without the lock: a disk that hangs must hold up nobody who has a certificate already.
            files = TimedRead.Run(Directory, TimedRead.Limit, () => Look(seen));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                Say("", failure.Message);
            }

            return;
        }

        var news = false;
        lock (_gate)
        {
            Say("", null);
            foreach (var file in files)
            {
                // What was put meanwhile is newer.
                if (_seen.GetValueOrDefault(file.Path) == seen.GetValueOrDefault(file.Path))
                {
                    news |= Take(file);
                }
            }
        }

        if (news)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Takes a certificate of <paramref name="service"/> with its key, and keeps it on disk. It is in use when this returns, also when the disk refuses (see <see cref="Errors"/>).</summary>
    /// <exception cref="CertificateException">It is none.</exception>
    public void Put(string service, string pem)
    {
        if ($"{service}.pem" == RootsName)
        {
            throw new CertificateException($"{service} cannot be the name of a service that has a certificate: its file is that of the roots", "give the service another name");
        }

        var leaf = LeafCertificate.FromPem(service, pem);
        lock (_gate)
        {
            if (_leafs.TryGetValue(service, out var before) && before.Fingerprint == leaf.Fingerprint)
            {
                WriteIfLost($"{service}.pem", pem);
                return;
            }

            _leafs[service] = leaf;
            Write($"{service}.pem", pem);
        }

        Changed?.Invoke();
    }

    /// <summary>Takes the roots that are believed from now on, and keeps them on disk. The same guarantees as for certificates.</summary>
    /// <exception cref="CertificateException">There is no root in it.</exception>
    public void PutTrust(string pem)
    {
        var trust = TrustBundle.FromPem(pem);
        lock (_gate)
        {
            if (_trust is { } before && before.Fingerprint == trust.Fingerprint && before.Intermediates.Length == trust.Intermediates.Length)
            {
                WriteIfLost(RootsName, pem);
                return;
            }

            _trust = trust;
            Write(RootsName, pem);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private List<ReadFile> Look(Dictionary<string, FileTrace> seen)
    {
        var files = new List<ReadFile>();
        foreach (var path in System.IO.Directory.Exists(Directory) ? System.IO.Directory.GetFiles(Directory, "*.pem") : [])
        {
            var trace = FileTrace.Of(path);
            if (trace.Length >= 0 && seen.GetValueOrDefault(path) != trace)
            {
                try
                {
                    files.Add(new ReadFile(path, trace, RegularFile.ReadAllText(path, Longest), null));
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    files.Add(new ReadFile(path, trace, "", failure.Message));
                }
            }
        }

        return files;
    }

    // Under the lock.
    private bool Take(ReadFile file)
    {
        var (path, trace, pem, unreadable) = file;
        var name = Path.GetFileName(path);
        if (unreadable is not null)
        {
            Say(name, unreadable.StartsWith(path, StringComparison.Ordinal) ? unreadable : $"{path}: {unreadable}");
            return false;
        }

        try
        {
            if (name == RootsName)
            {
                _trust = TrustBundle.FromPem(pem);
            }
            else if (!name.StartsWith('.'))
            {
                var service = Path.GetFileNameWithoutExtension(path);
                _leafs[service] = LeafCertificate.FromPem(service, pem);
            }

            _seen[path] = trace;
            Say(name, null);
            return true;
        }
        catch (CertificateException wrong)
        {
            _seen[path] = trace;
            Say(name, $"{path}: {wrong.Message}; {wrong.Fix}");
        }

        return false;
    }

    // Under the lock.
    private void WriteIfLost(string name, string pem)
    {
        if (!File.Exists(Path.Combine(Directory, name)))
        {
            Write(name, pem);
        }
    }

    // Under the lock.
    private void Write(string name, string pem)
    {
        var path = Path.Combine(Directory, name);
        try
        {
            PrivateFolder.Create(Directory);
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(pem), Private);
            _seen[path] = FileTrace.Of(path);
            Say(name, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Say(name, $"{path}: {failure.Message}; it is in use, but would be missing after a restart");
        }
    }

    // Under the lock.
    private void Say(string name, string? error) => _errors = error is null ? _errors.Remove(name) : _errors.SetItem(name, error);

    // A file of the folder as it was read; what is wrong with the reading, or null.
    private sealed record ReadFile(string Path, FileTrace Trace, string Pem, string? Unreadable);
}

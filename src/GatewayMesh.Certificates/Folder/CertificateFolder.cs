using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Linux;

namespace GatewayMesh.Certificates.Folder;

/// <summary>
/// A node's certificates on disk, shared by the code that fetches or issues certificates and the code that uses them, in worker and guard:
/// <code>
/// DIR/roots.pem      trusted roots
/// DIR/SERVICE.pem    a service's certificate, its intermediates, and its key (0600)
/// </code>
/// Files are replaced by rename; a change takes effect within a second. A missing or broken file changes nothing: the last good certificate
/// is used until it expires.
/// </summary>
/// <param name="directory">The folder; created with mode 0700 on the first write.</param>
/// <param name="time">Clock.</param>
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

    /// <summary>Path of the folder.</summary>
    public string Directory { get; } = directory;

    /// <inheritdoc/>
    public TrustBundle? Trust => _trust;

    /// <summary>Current read and write errors, by file.</summary>
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

    /// <summary>Services with a certificate in the folder, valid or expired.</summary>
    public IReadOnlyCollection<string> Services => [.. _leafs.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public LeafCertificate? Leaf(string service) =>
        _leafs.TryGetValue(service, out var leaf) && leaf.IsValid(time.GetUtcNow()) ? leaf : null;

    /// <summary>Last certificate of <paramref name="service"/>, valid or expired.</summary>
    public LeafCertificate? Newest(string service) => _leafs.GetValueOrDefault(service);

    /// <summary>Reads the folder now, and then every second.</summary>
    public void Start()
    {
        Refresh();
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>Reads the changed files.</summary>
    public void Refresh()
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
        {
            // An earlier read is still waiting for the disk.
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
            // Without the lock: a blocked disk must not delay users of a loaded certificate.
            files = TimedRead.Run(Directory, TimedRead.Limit, () => Look(seen));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                SetError("", failure.Message);
            }

            return;
        }

        var news = false;
        lock (_gate)
        {
            SetError("", null);
            foreach (var file in files)
            {
                // A certificate stored in the meantime is newer.
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

    /// <summary>
    /// Stores a certificate of <paramref name="service"/> with its key. The certificate is in use when this returns, even if writing to
    /// disk fails (see <see cref="Errors"/>).
    /// </summary>
    /// <exception cref="CertificateException">The text is not a valid certificate with key.</exception>
    public void Put(string service, string pem)
    {
        if ($"{service}.pem" == RootsName)
        {
            throw new CertificateException(
                $"{service} is reserved for the file of the roots and cannot name a service with a certificate", "rename the service");
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

    /// <summary>Stores the trusted roots, with the same guarantees as for certificates.</summary>
    /// <exception cref="CertificateException">The text contains no root.</exception>
    public void PutTrust(string pem)
    {
        var trust = TrustBundle.FromPem(pem);
        lock (_gate)
        {
            if (_trust is { } before
                && before.Fingerprint == trust.Fingerprint
                && before.Intermediates.Length == trust.Intermediates.Length)
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
            SetError(name, unreadable.StartsWith(path, StringComparison.Ordinal) ? unreadable : $"{path}: {unreadable}");
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
            SetError(name, null);
            return true;
        }
        catch (CertificateException wrong)
        {
            _seen[path] = trace;
            SetError(name, $"{path}: {wrong.Message}; {wrong.Fix}");
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
            SetError(name, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            SetError(name, $"{path}: {failure.Message}; the certificate is in use, but will be missing after a restart");
        }
    }

    // Under the lock.
    private void SetError(string name, string? error) => _errors = error is null ? _errors.Remove(name) : _errors.SetItem(name, error);

    // A file of the folder as read, with the read error or null.
    private sealed record ReadFile(string Path, FileTrace Trace, string Pem, string? Unreadable);
}

using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;

namespace GatewayMesh.Admin.Http;

/// <summary>
/// The admin token (<c>Authorization: Bearer TOKEN</c>, RFC 6750). A changed file is reloaded; an unusable file leaves the last good token
/// in force. Only the SHA-256 of the token is kept, and compared in constant time.
/// </summary>
public sealed class AdminToken
{
    /// <summary>Minimum token length; shorter tokens can be guessed.</summary>
    public const int Shortest = 16;

    private const string Scheme = "Bearer ";
    private const int Longest = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite
            | UnixFileMode.OtherExecute;

    private readonly Lock _gate = new();
    private AdminTokenSpec? _spec;
    private byte[]? _hash;
    private FileTrace _seen;

    /// <summary>Creates the token check for a specification, or for none.</summary>
    public AdminToken(AdminTokenSpec? spec) => Use(spec);

    /// <summary>True if a token is required.</summary>
    public bool IsRequired
    {
        get
        {
            lock (_gate)
            {
                return _spec is not null;
            }
        }
    }

    /// <summary>Applies a new specification. Without one, no token is required.</summary>
    public void Use(AdminTokenSpec? spec)
    {
        lock (_gate)
        {
            if (spec == _spec)
            {
                return;
            }

            _spec = spec;
            _seen = default;
            _hash = spec?.Token is { } token ? HashOf(token) : null;
        }
    }

    /// <summary>True if the value of <c>Authorization</c> contains the token. Always false while the token file is unreadable.</summary>
    public bool Accepts(string? authorization)
    {
        byte[]? expected;
        lock (_gate)
        {
            if (_spec is null)
            {
                return true;
            }

            Refresh(_spec);
            expected = _hash;
        }

        var shown = authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim(' ')
            : "";
        return CryptographicOperations.FixedTimeEquals(
            HashOf(shown), expected ?? HashOf(Scheme)) & (expected is not null & shown.Length > 0);
    }

    /// <summary>Error of a token file with the fix; null when valid.</summary>
    public static string? Check(AdminTokenSpec? spec)
    {
        if (spec?.File is not { } file)
        {
            return null;
        }

        _ = Read(file, out var error);
        return error;
    }

    /// <summary>Reads the token from a file, without the line end; null when the file is unusable.</summary>
    /// <param name="file">The file.</param>
    /// <param name="error">Error with the fix, or null.</param>
    public static string? Read(string file, out string? error)
    {
        try
        {
            if (TimedRead.Run(file, Patience, () => ReadOwn(file)) is not { } content)
            {
                error = $"{file} is readable by other users; run chmod 600 on it";
                return null;
            }

            var token = content.TrimEnd('\r', '\n');
            error = token.Any(static c => c is <= ' ' or >= '\x7f')
                    ? $"{file} does not hold a token of one line of letters and digits; create one with openssl rand -hex 32"
                : token.Length < Shortest ? $"{file} holds a token shorter than {Shortest} characters; create one with openssl rand -hex 32"
                : null;
            return error is null ? token : null;
        }
        catch (FileTooLargeException)
        {
            error = $"{file} does not hold a token of one line of letters and digits; create one with openssl rand -hex 32";
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error =
                $"{file} cannot be read "
                    + $"({(failure is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "permission denied or no file")}); write a token into it (openssl rand -hex 32) with mode 600";
            return null;
        }
    }

    // Null: readable by other users.
    private static string? ReadOwn(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0 ? null : RegularFile.ReadAllText(file, Longest);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private void Refresh(AdminTokenSpec spec)
    {
        if (spec.File is not { } file)
        {
            return;
        }

        FileTrace now;
        try
        {
            now = TimedRead.Run(file, Patience, () => FileTrace.Of(file));
        }
        catch (IOException)
        {
            // A disk that hangs: the last good token stays in force.
            return;
        }

        if (now == _seen && _hash is not null)
        {
            return;
        }

        _seen = now;
        if (Read(file, out _) is { } token)
        {
            _hash = HashOf(token);
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;

namespace GatewayMesh.Admin;

/// <summary>
/// What an operator must show (<c>Authorization: Bearer TOKEN</c>, RFC 6750). A file is read again when it changes; one that cannot be used leaves the last
/// good token in force. Only the SHA-256 of the token is kept, and compared in constant time.
/// </summary>
public sealed class AdminToken
{
    /// <summary>Least characters of a token: what is shorter can be guessed.</summary>
    public const int Shortest = 16;

    private const string Scheme = "Bearer ";
    private const int Longest = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly Lock _gate = new();
    private AdminTokenSpec? _spec;
    private byte[]? _hash;
    private FileTrace _seen;

    /// <summary>A token that is asked for, or none.</summary>
    public AdminToken(AdminTokenSpec? spec) => Use(spec);

    /// <summary>Whether one must be shown.</summary>
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

    /// <summary>Takes another specification; one that is not there any more asks for none.</summary>
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

    /// <summary>Whether the value of <c>Authorization</c> shows it. Without a token that can be read nobody does.</summary>
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

        var shown = authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim(' ') : "";
        return CryptographicOperations.FixedTimeEquals(HashOf(shown), expected ?? HashOf(Scheme)) & (expected is not null & shown.Length > 0);
    }

    /// <summary>What is wrong with the file of a token, and the fix; null when nothing is.</summary>
    public static string? Check(AdminTokenSpec? spec)
    {
        if (spec?.File is not { } file)
        {
            return null;
        }

        _ = Read(file, out var error);
        return error;
    }

    /// <summary>The token in a file, without the line end behind it; null when it cannot be used.</summary>
    /// <param name="file">The file.</param>
    /// <param name="error">What is wrong with it and the fix, or null.</param>
    public static string? Read(string file, out string? error)
    {
        try
        {
            if (TimedRead.Run(file, Patience, () => ReadOwn(file)) is not { } content)
            {
                error = $"{file} can be read by others than its owner; chmod 600 it";
                return null;
            }

            var token = content.TrimEnd('\r', '\n');
            error = token.Any(static c => c is <= ' ' or >= '\x7f')
                    ? $"{file} holds no token: it must be one line of letters and digits; make one with openssl rand -hex 32"
                : token.Length < Shortest ? $"{file} holds a token shorter than {Shortest} characters; make one with openssl rand -hex 32"
                : null;
            return error is null ? token : null;
        }
        catch (FileTooLargeException)
        {
            error = $"{file} holds no token: it must be one line of letters and digits; make one with openssl rand -hex 32";
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"{file} cannot be read ({(failure is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : "permission denied or no file")}); write a token into it (openssl rand -hex 32) with mode 600";
            return null;
        }
    }

    // Null: others can read it too.
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

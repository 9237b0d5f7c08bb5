using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Jwt;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Key sets on disk.</summary>
internal sealed class JwksFolderTests
{
    private const string Url = "https://issuer.test/jwks.json";

    private TemporaryFolder _disk = null!;
    private JwksFolder _folder = null!;

    private string File => Directory.GetFiles(_disk["jwks"]).Single();

    [SetUp]
    public void Make()
    {
        _disk = new TemporaryFolder();
        _folder = new JwksFolder(_disk["jwks"]);
    }

    [TearDown]
    public void End() => _disk.Dispose();

    [Test]
    public void A_key_set_is_read_as_it_was_written_and_only_for_its_URL()
    {
        Assert.That(_folder.Read(Url), Is.Null, "before the first");
        _folder.Write(Url, "one\ntwo"u8);

        Assert.That(Encoding.UTF8.GetString(_folder.Read(Url)!.Value.Span), Is.EqualTo("one\ntwo"));
        Assert.That(_folder.Read(Url + "?"), Is.Null);
        Assert.That(System.IO.File.GetUnixFileMode(File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(System.IO.File.GetUnixFileMode(_disk["jwks"]) & (UnixFileMode)0x3F, Is.EqualTo(UnixFileMode.None));
        _folder.Remove(Url);
        Assert.That(_folder.Read(Url), Is.Null);
    }

    [Test]
    public void A_file_with_any_changed_byte_is_not_intact()
    {
        _folder.Write(Url, "{\"keys\":[]}"u8);
        var file = File;
        var good = System.IO.File.ReadAllBytes(file);
        for (var i = 0; i < good.Length; i++)
        {
            byte[] changed = [.. good];
            changed[i] ^= 1;
            System.IO.File.WriteAllBytes(file, changed);
            Assert.That(() => _folder.Read(Url), Throws.InstanceOf<IOException>(), $"byte {i}");
        }

        for (var length = 0; length < good.Length; length++)
        {
            System.IO.File.WriteAllBytes(file, good[..length]);
            Assert.That(() => _folder.Read(Url), Throws.InstanceOf<IOException>(), $"{length} bytes");
        }
    }

    [Test]
    public void A_file_that_is_too_large_or_no_file_is_not_read()
    {
        _folder.Write(Url, "x"u8);
        var file = File;
        System.IO.File.WriteAllBytes(file, new byte[2 * JwkSetReader.MaxBytes]);
        Assert.That(() => _folder.Read(Url), Throws.InstanceOf<IOException>());
        System.IO.File.Delete(file);
        Directory.CreateDirectory(file);
        Assert.That(() => _folder.Read(Url), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void The_folder_is_bounded_and_the_oldest_file_goes_first()
    {
        for (var i = 0; i < JwksFolder.MaxFiles; i++)
        {
            _folder.Write($"https://issuer.test/{i}", "x"u8);
            foreach (var file in Directory.GetFiles(_disk["jwks"]))
            {
                System.IO.File.SetLastWriteTimeUtc(file, System.IO.File.GetLastWriteTimeUtc(file).AddMinutes(-1));
            }
        }

        _folder.Write("https://issuer.test/1", "y"u8);
        Assert.That(Directory.GetFiles(_disk["jwks"]), Has.Length.EqualTo(JwksFolder.MaxFiles), "a file of its own is replaced");
        _folder.Write(Url, "x"u8);

        Assert.That(Directory.GetFiles(_disk["jwks"]), Has.Length.EqualTo(JwksFolder.MaxFiles));
        Assert.That(_folder.Read("https://issuer.test/0"), Is.Null);
        Assert.That(_folder.Read("https://issuer.test/1"), Is.Not.Null);
        Assert.That(_folder.Read(Url), Is.Not.Null);
    }
}

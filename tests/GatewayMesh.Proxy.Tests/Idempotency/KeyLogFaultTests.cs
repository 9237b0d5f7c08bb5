using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Idempotency.Log;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>The log of keys around the change of a segment, and when files cannot be opened or deleted.</summary>
public class KeyLogFaultTests
{
    private static readonly Fingerprint Print = new(Digest.OfKey("a", "b", "c"), 6, IsWhole: true);
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes("an answer");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<EmbeddedKeyStore> _stores = [];
    private TemporaryFolder _folder = null!;

    private string Folder => _folder["payments"];

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void EndStores()
    {
        Close();
        _folder.Dispose();
    }

    [Test]
    public async Task Keys_are_found_again_after_a_process_died_between_the_record_of_the_next_segment_and_its_file()
    {
        await WriteContinued();
        await Finish(Open(), 100);
        Close();

        Assert.That((await Open().ClaimAsync(Key(100))).State, Is.EqualTo(KeyState.Answered));
    }

    [Test]
    public async Task Two_processes_agree_after_a_third_died_between_the_record_of_the_next_segment_and_its_file()
    {
        await WriteContinued();
        var (one, two) = (Open(), Open());
        for (var i = 0; i < 10; i++)
        {
            var (first, second) = i % 2 == 0 ? (one, two) : (two, one);
            Assert.That((await first.ClaimAsync(Key(i))).State, Is.EqualTo(KeyState.Claimed));
            Assert.That((await second.ClaimAsync(Key(i))).State, Is.EqualTo(KeyState.Running));
        }
    }

    [Test]
    public async Task Keys_are_kept_in_the_old_segment_while_the_next_one_cannot_be_created()
    {
        var store = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        var blocked = Path.Combine(Folder, "00000002.log");
        Directory.CreateDirectory(blocked);
        await Finish(store, 1, new byte[40_000]);
        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That(await store.SettleAsync(Key(2), KeyState.Answered, Print, new byte[40_000]), Is.False, "does not fit into the segment");
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Answered), "kept responses can be read meanwhile");

        await Eventually.Until("the store works", async () => (await store.ClaimAsync(Key(3))).State == KeyState.Claimed);
        Assert.That(await store.SettleAsync(Key(3), KeyState.Answered, Print, Answer), Is.True);
        Close();
        Directory.Delete(blocked);

        var next = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Answered));
        Assert.That((await next.ClaimAsync(Key(3))).State, Is.EqualTo(KeyState.Answered));
        await Finish(next, 4, new byte[40_000]);
        Assert.That((await Open().ClaimAsync(Key(4))).State, Is.EqualTo(KeyState.Answered), "in the second segment");
    }

    [Test]
    public async Task A_claim_that_was_recorded_holds_although_the_end_of_another_process_cannot_be_verified()
    {
        var other = Open();
        Assert.That((await other.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Claimed));
        var owner = Directory.EnumerateFiles(Folder, "owner-*").Single();
        var store = Open();
        Assert.That((await store.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Running));
        File.Delete(owner);
        File.CreateSymbolicLink(owner, "a link is refused");

        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Running));
        Assert.That(await store.SettleAsync(Key(2), KeyState.Answered, Print, Answer), Is.True);
        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Answered));
    }

    [Test]
    public async Task An_answer_that_was_recorded_is_kept_although_an_old_segment_cannot_be_deleted()
    {
        var store = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        for (var i = 0; i < 4; i++)
        {
            await Finish(store, i, new byte[40_000]);
        }

        var first = Path.Combine(Folder, "00000001.log");
        File.Delete(first);
        Directory.CreateDirectory(first);
        _time.Advance(TimeSpan.FromHours(2));

        await Finish(store, 10);
        var found = await store.ClaimAsync(Key(10));
        Assert.That((found.State, found.Answer.ToArray()), Is.EqualTo((KeyState.Answered, Answer)));
        Directory.Delete(first);
    }

    [Test]
    public async Task A_key_that_is_free_stays_free_after_a_restart_whatever_segments_are_deleted()
    {
        var store = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        await Finish(store, 1);
        Assert.That((await store.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed), "in the first segment");
        await Finish(store, 3, new byte[65_000]);
        Assert.That(await Fill(store, segment: 3), Is.True);
        Assert.That(await store.SettleAsync(Key(2), KeyState.Claimed, null, default), Is.True, "in the third, which has no other key");
        Assert.That(await Fill(store, segment: 5), Is.True);

        Close();
        var next = Open(model => model with { MaxBytes = IdempotencyModel.MinBytes });
        Assert.That((await next.ClaimAsync(Key(1))).State, Is.EqualTo(KeyState.Answered));
        Assert.That((await next.ClaimAsync(Key(2))).State, Is.EqualTo(KeyState.Claimed));
    }

    [Test]
    public async Task A_key_that_expired_and_began_anew_in_another_process_is_kept_for_its_new_time()
    {
        var (one, two) = (Open(), Open());
        await Finish(one, 1);
        _time.Advance(TimeSpan.FromMinutes(61));

        await Finish(two, 1, "another answer"u8.ToArray());
        await Finish(one, 2);

        var found = await one.ClaimAsync(Key(1));
        Assert.That((found.State, Encoding.ASCII.GetString(found.Answer.Span)), Is.EqualTo((KeyState.Answered, "another answer")));
    }

    [Test]
    public void Each_segment_that_was_written_goes_to_the_disk_also_the_one_before_the_current()
    {
        using var log = KeyLog.Open(Folder, (in KeyRecord _, KeySegment _, long _) => { });
        var record = new byte[KeyRecord.Size];
        new KeyRecord(KeyRecordKind.Begun, Key(1)).Write(record);
        log.Append(record);
        log.Continue();
        log.Append(record);

        Assert.That(log.TakeWritten().Select(segment => segment.Number), Is.EquivalentTo(new[] { 1, 2 }));
        Assert.That(log.TakeWritten(), Is.Empty);
        log.Append(record);
        Assert.That(log.TakeWritten().Select(segment => segment.Number), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Each_new_segment_goes_to_the_disk_with_its_name()
    {
        var synced = new List<string>();
        using var log = KeyLog.Open(Folder, (in KeyRecord _, KeySegment _, long _) => { }, synced.Add);
        var record = new byte[KeyRecord.Size];
        new KeyRecord(KeyRecordKind.Begun, Key(1)).Write(record);
        void Flush()
        {
            log.Append(record);
            foreach (var segment in log.TakeWritten())
            {
                segment.Flush();
            }
        }

        Flush();
        Assert.That(synced, Is.EqualTo(new[] { Folder }), "the first segment");
        Flush();
        Assert.That(synced, Has.Count.EqualTo(1), "a name is synced once");
        log.Continue();
        Flush();
        Assert.That(synced, Is.EqualTo(new[] { Folder, Folder }), "the second segment");
    }

    [Test]
    public void A_segment_that_a_dead_process_created_goes_to_the_disk_with_its_name()
    {
        KeyLog.Open(Folder, (in KeyRecord _, KeySegment _, long _) => { }).Dispose();
        var synced = new List<string>();
        using var log = KeyLog.Open(Folder, (in KeyRecord _, KeySegment _, long _) => { }, synced.Add);

        log.Current.Flush();

        Assert.That(synced, Is.EqualTo(new[] { Folder }));
    }

    [Test]
    public void A_name_that_could_not_be_synced_is_synced_by_the_next_flush()
    {
        var synced = 0;
        void Sync(string folder)
        {
            if (++synced == 1)
            {
                throw new IOException("the disk failed");
            }
        }

        using var log = KeyLog.Open(Folder, (in KeyRecord _, KeySegment _, long _) => { }, Sync);

        Assert.That(log.Current.Flush, Throws.InstanceOf<IOException>());
        log.Current.Flush();

        Assert.That(synced, Is.EqualTo(2));
    }

    private static Digest Key(int number) => Digest.OfKey("web", "payments", number.ToString(CultureInfo.InvariantCulture));

    private static async Task Finish(EmbeddedKeyStore store, int number, byte[]? answer = null)
    {
        Assert.That((await store.ClaimAsync(Key(number))).State, Is.EqualTo(KeyState.Claimed));
        Assert.That(await store.SettleAsync(Key(number), KeyState.Answered, Print, answer ?? Answer), Is.True);
    }

    // Free keys take space, but no segment needs to be kept for them.
    private async Task<bool> Fill(EmbeddedKeyStore store, int segment)
    {
        for (var i = 1000; i < 20_000; i++)
        {
            if (File.Exists(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{segment:d8}.log"))))
            {
                return true;
            }

            await store.ClaimAsync(Key(i));
            await store.SettleAsync(Key(i), KeyState.Claimed, null, default);
        }

        return false;
    }

    // A log of one segment, which says that there is another.
    private async Task WriteContinued()
    {
        await Finish(Open(), 99);
        Close();
        var end = new byte[KeyRecord.Size];
        new KeyRecord(KeyRecordKind.Continued, default) { Owner = 1 }.Write(end);
        await File.AppendAllBytesAsync(Path.Combine(Folder, "00000001.log"), end);
    }

    private void Close()
    {
        _stores.ForEach(store => store.Dispose());
        _stores.Clear();
    }

    private EmbeddedKeyStore Open(Func<IdempotencyModel, IdempotencyModel>? with = null)
    {
        var model = new IdempotencyModel { Enabled = true, Ttl = TimeSpan.FromHours(1) };
        var store = new EmbeddedKeyStore(Folder, with?.Invoke(model) ?? model, _time, _ => { });
        _stores.Add(store);
        return store;
    }
}
